using System.Globalization;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Runs.Folder;

/// <summary>A model's weights, in the shapes of its specification.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Version">Number of updates, which selects the noise of an evaluation; 0 if the file does not say.</param>
/// <param name="SpecHash">Hash of the specification of their run; null if the file does not say.</param>
public sealed record SavedWeights(MixtureWeights<float> Weights, long Version, string? SpecHash)
{
    /// <summary>Key of the metadata that holds the specification's hash.</summary>
    internal const string SpecHashKey = "specHash";

    /// <summary>Key of the metadata that holds the version.</summary>
    internal const string VersionKey = "version";

    /// <summary>Reads a weights file.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="spec">The specification of its run.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or a tensor is missing, too much, of another shape or not finite.</exception>
    public static SavedWeights Read(string path, RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var (weights, metadata) = WeightsTensors.Read(path, spec);
        return new SavedWeights(weights, VersionOf(metadata, path), metadata.GetValueOrDefault(SpecHashKey));
    }

    private static long VersionOf(IReadOnlyDictionary<string, string> metadata, string path)
    {
        if (!metadata.TryGetValue(VersionKey, out var text)) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new UnreadableFileException($"{path}: metadata '{VersionKey}' must be a whole number, got {SafetensorsHeader.Quote(text)}");
    }
}
