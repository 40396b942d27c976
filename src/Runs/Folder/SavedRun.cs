using MessagePack;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Runs.Folder;

/// <summary>A finished run, read back from its folder.</summary>
/// <param name="Spec">The specification.</param>
/// <param name="Record">The run without its weights.</param>
/// <param name="Weights">The final weights.</param>
/// <param name="BestWeights">The weights of the smallest loss; null if they were not kept.</param>
public sealed record SavedRun(RunSpec Spec, RunRecord Record, MixtureWeights<float> Weights, MixtureWeights<float>? BestWeights)
{
    /// <summary>Whether a folder holds a finished run: its summary is written last.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, RunFolder.Summary));

    /// <summary>Reads a run.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="UnreadableFileException">A file is missing or malformed, or the files are not of one run.</exception>
    public static SavedRun Read(string folder)
    {
        if (!IsIn(folder))
        {
            throw new UnreadableFileException(UnfinishedRun.Find(folder) is null
                ? $"{folder}: holds no finished run: there is no {RunFolder.Summary}"
                : $"{folder}: holds an unfinished run: there is no {RunFolder.Summary}; {RunFolder.Metrics} has its steps so far");
        }

        var path = Path.Combine(folder, RunFolder.Record);
        var record = UnreadableFileException.Wrap(path, () => ReadRecord(path));
        if (record.Format != RunRecord.CurrentFormat)
            throw new UnreadableFileException($"{path}: is of format {record.Format}; this version reads format {RunRecord.CurrentFormat}");
        var spec = Specification(record, path);
        SavedTexts.Check(folder, record, spec);
        var weights = SavedWeights.Read(Path.Combine(folder, RunFolder.Weights), spec).Weights;
        // One of the files may have been replaced or edited.
        if (weights.Sha256() is var actual && actual != record.Summary.WeightsSha256)
            throw new UnreadableFileException($"{Path.Combine(folder, RunFolder.Weights)}: the SHA-256 of the weights is {actual}, the run's record says {record.Summary.WeightsSha256}: the files are not of one run, or were changed");
        var best = Path.Combine(folder, RunFolder.Best);
        return new SavedRun(
            spec, record, weights, File.Exists(best) ? SavedWeights.Read(best, spec).Weights : null);
    }

    /// <summary>Reads the record of a run.</summary>
    /// <exception cref="UnreadableFileException">The file is malformed, or a part is missing.</exception>
    internal static RunRecord ReadRecord(string path)
    {
        using var stream = RegularFile.Open(path);
        try
        {
            var record = RunRecord.Read(stream);
            return IsComplete(record) ? record : throw new UnreadableFileException($"{path}: no run record: a part of it is missing");
        }
        catch (MessagePackSerializationException)
        {
            throw new UnreadableFileException($"{path}: no run record, or damaged");
        }
    }

    // MessagePack sets what a file does not have to null.
    private static bool IsComplete(RunRecord? record) =>
        record is { Specification: not null, Deployment: not null, Products: not null, Steps.Count: > 0, Summary: { RunId: not null, SpecHash: not null, WeightsSha256: not null, DispatchCounts: { } counts } summary }
        && summary.BestLoss is null or { WeightsSha256: not null }
        && IsWhole(counts) && counts.Length > 0
        && record.Steps.All(step => step is not null)
        && (record.Loads ?? []).All(load => load?.Samples?.Length == counts[0].Length)
        && record.Products.All(at => at is not null && IsWhole(at.RouterCentre) && IsWhole(at.RouterFeature) && IsWhole(at.ExpertCentre) && IsWhole(at.ExpertFeature));

    private static bool IsWhole<T>(T[][]? rows) => rows is not null && Array.TrueForAll(rows, row => row is not null);

    private static RunSpec Specification(RunRecord record, string path)
    {
        try
        {
            return RunSpecJson.Parse(record.Specification, path);
        }
        catch (SpecificationException failure)
        {
            throw new UnreadableFileException(failure.Message);
        }
    }
}
