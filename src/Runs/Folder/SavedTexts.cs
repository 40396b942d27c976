using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Runs.Folder;

/// <summary>Checks the files of a run that are for people and scripts: they must say the same as its record.</summary>
internal static class SavedTexts
{
    /// <summary>Checks them.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="record">The run's record.</param>
    /// <param name="spec">Its specification.</param>
    /// <exception cref="UnreadableFileException">One of them is missing, malformed, or of another run.</exception>
    public static void Check(string folder, RunRecord record, RunSpec spec)
    {
        Read(folder, RunFolder.Specification, (path, text) => SpecHash.Of(RunSpecJson.Parse(text, path)) == SpecHash.Of(spec));
        Read(folder, RunFolder.Metrics, (_, text) => MetricsFile.Rows(text) == record.Steps.Count);
        CheckSummary(folder, record);
    }

    /// <summary>Checks summary.json.</summary>
    /// <exception cref="UnreadableFileException">It is missing, malformed, or of another run.</exception>
    internal static void CheckSummary(string folder, RunRecord record) => Read(folder, RunFolder.Summary, (_, text) =>
    {
        using var summary = JsonDocument.Parse(text);
        return summary.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("weightsSha256", out var sha) && sha.ToString() == record.Summary.WeightsSha256;
    });

    private static void Read(string folder, string file, Func<string, string, bool> isOfTheRun)
    {
        var path = Path.Combine(folder, file);
        // A run of a million steps has metrics of 200 MB.
        var text = RegularFile.ReadText(path, maxBytes: int.MaxValue);
        bool same;
        try
        {
            same = isOfTheRun(path, text);
        }
        catch (JsonException failure)
        {
            throw new UnreadableFileException($"{path}: line {failure.LineNumber + 1}: not valid JSON");
        }
        catch (InvalidOperationException)
        {
            // Half of an escaped character is found only when the text is read.
            throw new UnreadableFileException($"{path}: not valid JSON: a text has an incomplete \\u escape");
        }
        catch (SpecificationException failure)
        {
            throw new UnreadableFileException(failure.Message);
        }

        if (!same) throw new UnreadableFileException($"{path}: does not match the run's record: the files are not of one run, or were changed");
    }
}
