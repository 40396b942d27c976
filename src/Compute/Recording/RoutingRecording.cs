using System.Text.Json;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Recording;

/// <summary>A folder that 'moe train --record-routing' has written.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Spec">Its specification.</param>
/// <param name="Moves">How its samples wandered.</param>
internal sealed record RoutingRecording(string RunId, RunSpec Spec, RoutingMoves Moves)
{
    /// <summary>Reads a folder.</summary>
    /// <exception cref="UnreadableFileException">A file is missing or damaged, or the files are not of one run.</exception>
    /// <exception cref="SpecificationException">The specification is not valid.</exception>
    public static RoutingRecording Read(string folder)
    {
        var (path, index) = (RoutingFile.PathIn(folder), Path.Combine(folder, RoutingFileHeader.IndexName));
        if (!File.Exists(index)) throw new UnreadableFileException($"{folder}: holds no record of routing: there is no {RoutingFileHeader.IndexName}");
        var (runId, sha256, specification) = ReadIndex(index);
        var spec = RunSpecJson.Parse(specification, index);
        RoutingMoves? moves = null;
        var found = RoutingFile.Read(path, header => moves = new RoutingMoves(header.Experts, header.Train), step => moves!.Add(step));
        if (found != sha256) throw new UnreadableFileException($"{path}: the SHA-256 of the file is {found}, {RoutingFileHeader.IndexName} says {sha256}: the files are not of one run, or were changed");
        return new RoutingRecording(runId, spec, moves!);
    }

    private static (string RunId, string Sha256, string Specification) ReadIndex(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(RegularFile.ReadText(path, maxBytes: 1 << 28));
            var root = json.RootElement;
            return (root.GetProperty("runId").GetString()!, root.GetProperty("sha256").GetString()!, root.GetProperty("specification").GetRawText());
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UnreadableFileException($"{path}: is no index of a record of routing, or damaged", failure);
        }
    }
}
