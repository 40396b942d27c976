using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Sweep;

/// <summary>The combinations of values that <c>--set path=a,b,c</c> lists.</summary>
internal static class SweepGrid
{
    /// <summary>Every combination, as assignments; the values of the last list change first.</summary>
    /// <param name="assignments">The texts of --set; one with a single value is part of every combination.</param>
    /// <exception cref="ConfigurationException">A path is listed twice, or is the seed.</exception>
    public static IReadOnlyList<SweepPoint> Points(IReadOnlyList<string> assignments)
    {
        IReadOnlyList<SweepPoint> points = [new SweepPoint([], "")];
        var lists = new HashSet<string>();
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            // The builder says what is wrong with a text without a path.
            var (path, values) = equals < 1 ? ("", [assignment]) : (assignment[..equals].Trim(), Values(assignment[(equals + 1)..]));
            if (path == "training.seed") throw new ConfigurationException("--set training.seed: --seeds N counts the seeds, from that of --seed on");
            if (path.Length > 0 && !lists.Add(path)) throw new ConfigurationException($"--set {path}: given twice; put its values into one list");
            points = [.. points.SelectMany(point => values.Select(value => point.With(equals < 1 ? assignment : $"{path}={value}", values.Count > 1 ? $"{path}={value}" : "")))];
        }

        return points;
    }

    /// <summary>Paths of the fields that have lists of values.</summary>
    /// <param name="assignments">The texts of --set.</param>
    public static IReadOnlyList<string> Lists(IReadOnlyList<string> assignments) =>
        [.. assignments.Where(text => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && Values(text[(at + 1)..]).Count > 1).Select(text => text[..text.IndexOf('=', StringComparison.Ordinal)].Trim())];

    // Commas within brackets are those of a range.
    private static List<string> Values(string text)
    {
        var (values, start, depth) = (new List<string>(), 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (text[i] != ',' || depth > 0) continue;
            values.Add(text[start..i].Trim());
            start = i + 1;
        }

        values.Add(text[start..].Trim());
        return values;
    }
}

/// <summary>A combination of values.</summary>
/// <param name="Assignments">What it sets.</param>
/// <param name="Name">The values that other combinations do not share; empty if there is one combination.</param>
internal sealed record SweepPoint(IReadOnlyList<string> Assignments, string Name)
{
    public SweepPoint With(string assignment, string name) => new([.. Assignments, assignment], name.Length == 0 ? Name : Name.Length == 0 ? name : $"{Name},{name}");
}
