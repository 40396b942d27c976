using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
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
        var content = SafetensorsReader.Read(path);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name);
        var layout = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        var router = new float[RouterGradientLayout.Of(spec, spec.Data.Dim).GradientLength];
        if (router.Length > 0) Take("router.weight", [spec.Model.Experts, spec.Data.Dim]).CopyTo(router, 0);
        var experts = new float[spec.Model.Experts][];
        for (var m = 0; m < experts.Length; m++)
        {
            experts[m] = new float[layout.Length];
            foreach (var tensor in layout.Tensors) tensor.Import<float>(Take($"experts.{m}.{tensor.Name}", tensor.Shape), experts[m]);
        }

        var standardization = spec.Data.Standardize ? Statistics() : null;
        return tensors.Count == 0
            ? new SavedWeights(new MixtureWeights<float>(router, experts, layout) { Standardization = standardization }, VersionOf(content, path), content.Metadata.GetValueOrDefault(SpecHashKey))
            : throw new UnreadableFileException(tensors.ContainsKey(Standardization.MeanName)
                ? $"{path}: holds the weights of standardized inputs, but data.standardize of its specification is false; set it to true"
                : $"{path}: tensor {SafetensorsHeader.Quote(tensors.Keys.First())} is none of this specification's, which has {experts.Length} experts");

        Standardization Statistics()
        {
            int[] shape = [spec.Data.Patches, spec.Data.Dim];
            var (mean, deviation) = (Take(Standardization.MeanName, shape), Take(Standardization.DeviationName, shape));
            return Array.TrueForAll(deviation, value => value > 0)
                ? new Standardization(spec.Data.Dim, mean, deviation)
                : throw new UnreadableFileException($"{path}: tensor '{Standardization.DeviationName}' must be above 0, got {deviation.Min().ToString(CultureInfo.InvariantCulture)}");
        }

        float[] Take(string name, IReadOnlyList<int> shape)
        {
            if (!tensors.Remove(name, out var tensor)) throw new UnreadableFileException($"{path}: has no tensor '{name}', which its specification asks for");
            if (!tensor.Shape.SequenceEqual(shape))
                throw new UnreadableFileException($"{path}: tensor '{name}' must be ({string.Join(", ", shape)}) by its specification, got ({string.Join(", ", tensor.Shape)})");
            var bad = Array.FindIndex(tensor.Values, value => !float.IsFinite(value));
            return bad < 0
                ? tensor.Values
                : throw new UnreadableFileException($"{path}: tensor '{name}' must be finite, got {tensor.Values[bad].ToString(CultureInfo.InvariantCulture)} at element {bad}");
        }
    }

    private static long VersionOf(SafetensorsContent content, string path)
    {
        if (!content.Metadata.TryGetValue(VersionKey, out var text)) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new UnreadableFileException($"{path}: metadata '{VersionKey}' must be a whole number, got {SafetensorsHeader.Quote(text)}");
    }
}
