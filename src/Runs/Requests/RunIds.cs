namespace MoeOrleans.Runs.Requests;

/// <summary>What the id of a run may be: it becomes part of grain keys, log lines and what terminals show.</summary>
internal static class RunIds
{
    private const int MaxLength = 100;

    /// <summary>Checks an id that came with a message.</summary>
    /// <param name="runId">The id.</param>
    /// <exception cref="ArgumentException">It is empty, too long, or has other characters. The message does not repeat it.</exception>
    /// <returns>The id.</returns>
    public static string Check(string runId)
    {
        if (runId is not { Length: > 0 and <= MaxLength } || !runId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            throw new ArgumentException($"The id of a run has 1 to {MaxLength} letters, digits, '-', '_' and '.'.", nameof(runId));
        return runId;
    }
}
