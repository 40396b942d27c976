namespace MoeOrleans.Runs.Requests;

/// <summary>What ids and names may be: they become part of grain keys, log lines and what terminals show.</summary>
internal static class PlainWord
{
    /// <summary>What a word may have, for messages.</summary>
    public const string Meaning = "1 to 100 letters, digits, '-', '_' and '.'";

    /// <summary>Whether a text is such a word.</summary>
    /// <param name="text">The text.</param>
    public static bool Is(string? text) => text is { Length: > 0 and <= 100 } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
