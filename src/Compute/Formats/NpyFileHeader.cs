using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MoeOrleans.Compute.Formats;

/// <summary>The header of a .npy file: the text of a Python dictionary.</summary>
/// <param name="Descr">Type of the elements, such as &lt;f4.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">Sizes, outermost first.</param>
internal sealed partial record NpyFileHeader(string Descr, bool FortranOrder, ImmutableArray<long> Shape)
{
    /// <summary>Reads the header's text; null if it is not valid.</summary>
    public static NpyFileHeader? Parse(string text)
    {
        if (Dictionary().Match(text) is not { Success: true } match) return null;
        var keys = match.Groups["key"].Captures;
        var values = match.Groups["value"].Captures;
        var fields = new Dictionary<string, string>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (!fields.TryAdd(keys[i].Value[1..^1], values[i].Value)) return null;
        }

        return fields.Count == 3
            && fields.TryGetValue("descr", out var descr) && descr[0] is '\'' or '"' or '['
            && fields.TryGetValue("fortran_order", out var order) && order is "True" or "False"
            && fields.TryGetValue("shape", out var shape) && shape[0] == '(' && Sizes(shape[1..^1]) is { IsDefault: false } sizes
            ? new NpyFileHeader(descr.Trim('\'', '"'), order == "True", sizes)
            : null;
    }

    /// <summary>Writes the header's text.</summary>
    public override string ToString() => $"{{'descr': '{Descr}', 'fortran_order': {(FortranOrder ? "True" : "False")}, 'shape': {Tuple(Shape)}, }}";

    /// <summary>Writes a shape as Python does: (), (3,), (3, 4).</summary>
    public static string Tuple(ImmutableArray<long> shape) => $"({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")})";

    private static ImmutableArray<long> Sizes(string text)
    {
        // (3,) is how Python writes a tuple of one; Python 2 wrote (3L,).
        text = text.Trim();
        if (text.Length == 0) return [];
        var parts = (text.EndsWith(',') ? text[..^1] : text).Split(',');
        var sizes = ImmutableArray.CreateBuilder<long>(parts.Length);
        foreach (var part in parts)
        {
            var digits = part.Trim();
            if (!long.TryParse(digits.EndsWith('L') ? digits[..^1] : digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) return default;
            sizes.Add(size);
        }

        return sizes.MoveToImmutable();
    }

    [GeneratedRegex("""^\s*\{\s*((?<key>'\w+'|"\w+")\s*:\s*(?<value>'[^']*'|"[^"]*"|\w+|\([^()]*\)|\[[^{}]*\])\s*(,\s*|(?=\})))*\}\s*$""")]
    private static partial Regex Dictionary();
}
