using System.Text.Json;
using MessagePack;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>A finished run, read from its folder.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Spec">Its specification.</param>
/// <param name="Record">Summary, and a record for each step.</param>
/// <param name="Weights">Its final weights.</param>
public sealed record StoredRun(string Path, RunSpec Spec, RunRecord Record, MixtureWeights<float> Weights)
{
    /// <summary>Reads a folder that <see cref="RunFolder"/> has written.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="RunFileException">A file is missing or malformed, or the files are not of one run.</exception>
    public static StoredRun Read(string path)
    {
        if (!Directory.Exists(path)) throw new RunFileException(File.Exists(path) ? $"{path}: is a file; name a run's folder" : $"{path}: no such folder");
        if (RunFolder.Files.FirstOrDefault(file => !File.Exists(At(file))) is { } absent)
            throw new RunFileException($"{At(absent)}: no such file; a run's folder, as 'moe train --output' writes it, has {string.Join(", ", RunFolder.Files)}");
        var spec = ReadSpecification(At("specification.json"));
        var record = ReadRecord(At("run.msgpack"));
        var weights = WeightsFile.Read(At("weights.safetensors"), spec).Weights;
        // Each may have been replaced or edited alone.
        var (runId, sha256) = ReadSummary(At("summary.json"));
        Agree(At("summary.json"), "runId", runId, record.Summary.RunId, "run.msgpack");
        Agree(At("summary.json"), "weightsSha256", sha256, weights.Sha256(), "weights.safetensors");
        Agree(At("run.msgpack"), "specHash", record.Summary.SpecHash, SpecHash.Of(spec), "specification.json");
        return new StoredRun(path, spec, record, weights);

        string At(string file) => System.IO.Path.Combine(path, file);
    }

    /// <summary>Reads a specification.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RunFileException">The file cannot be read, or holds no valid specification.</exception>
    public static RunSpec ReadSpecification(string path)
    {
        try
        {
            return RunSpecJson.Parse(ReadText(path), path);
        }
        catch (SpecificationException failure)
        {
            throw new RunFileException(failure.Message, failure);
        }
    }

    private static RunRecord ReadRecord(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var record = RunRecord.Read(stream);
            if (record.Format != RunRecord.CurrentFormat) throw new RunFileException($"{path}: format must be {RunRecord.CurrentFormat}, got {record.Format}; train the run again with this version");
            return record is { Summary: { RunId: not null, SpecHash: not null }, Steps.Count: > 0 } ? record : throw new RunFileException($"{path}: no record of a run: summary or steps are missing");
        }
        catch (MessagePackSerializationException failure)
        {
            throw new RunFileException($"{path}: no record of a run: not valid MessagePack, or of another form", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, failure);
        }
    }

    private static (string? RunId, string? WeightsSha256) ReadSummary(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadText(path));
            return (Text("runId"), Text("weightsSha256"));

            string? Text(string name) =>
                document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException failure)
        {
            throw new RunFileException($"{path}: line {failure.LineNumber + 1}, column {failure.BytePositionInLine + 1}: not valid JSON", failure);
        }
    }

    private static void Agree(string path, string what, string? stated, string actual, string file)
    {
        if (stated != actual) throw new RunFileException($"{path}: {what} is {stated ?? "missing"}, but that of {file} is {actual}: the files are not of one run, or were changed");
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunFileException($"{path}: no such file", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, failure);
        }
    }

    private static RunFileException Unreadable(string path, Exception failure) => new($"{path}: cannot be read: {failure.Message.ReplaceLineEndings(" ")}", failure);
}
