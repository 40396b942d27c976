using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Parameters;

/// <summary>Reads a weights file in the shapes of a specification.</summary>
internal static class WeightsTensors
{
    /// <summary>Reads a weights file.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="spec">The specification of the model.</param>
    /// <returns>The weights, and the file's metadata.</returns>
    /// <exception cref="UnreadableFileException">The file cannot be read, or a tensor is missing, too much, of another shape or not finite.</exception>
    public static (MixtureWeights<float> Weights, IReadOnlyDictionary<string, string> Metadata) Read(string path, RunSpec spec)
    {
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
            ? (new MixtureWeights<float>(router, experts, layout) { Standardization = standardization }, content.Metadata)
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
}
