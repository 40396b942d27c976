using System.Globalization;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>The weights of a trained model, as a run folder has them.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Version">Updates before them, which name the draw of an evaluation's noise; 0 where the file does not say.</param>
public sealed record WeightsFile(MixtureWeights<float> Weights, long Version)
{
    /// <summary>Key of the metadata that holds the version.</summary>
    public const string VersionKey = "version";

    /// <summary>Reads the weights of a specification's model.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="spec">The specification: it decides which tensors there have to be.</param>
    /// <exception cref="RunFileException">The file cannot be read, is malformed, or is of another model.</exception>
    public static WeightsFile Read(string path, RunSpec spec)
    {
        var content = SafetensorsFile.Read(path);
        var weights = InitialWeights.Draw<float>(spec, spec.Data.Dim, spec.Data.Patches);
        var tensors = content.Tensors.ToDictionary(tensor => tensor.Name);
        var wanted = weights.Tensors().ToArray();
        foreach (var tensor in wanted)
        {
            if (!tensors.Remove(tensor.Name, out var found)) throw new RunFileException($"{path}: {tensor.Name} is missing, which the specification's model has");
            if (!found.Shape.SequenceEqual(tensor.Shape))
                throw new RunFileException($"{path}: shape of {tensor.Name} must be [{string.Join(", ", tensor.Shape)}] by the specification, got [{string.Join(", ", found.Shape)}]");
            var bad = Array.FindIndex(found.Values, value => !float.IsFinite(value));
            if (bad >= 0) throw new RunFileException($"{path}: numbers must be finite, got {found.Values[bad].ToString(CultureInfo.InvariantCulture)} at element {bad} of {tensor.Name}");
        }

        if (tensors.Count > 0)
            throw new RunFileException($"{path}: holds {tensors.Count} tensors more than the specification's model has, which has {wanted.Length}");
        Fill(weights, content.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values));
        return new WeightsFile(weights, VersionOf(content, path));
    }

    private static void Fill(MixtureWeights<float> weights, Dictionary<string, float[]> values)
    {
        if (weights.Router.Length > 0) values["router.weight"].CopyTo(weights.Router, 0);
        for (var m = 0; m < weights.Experts.Count; m++)
        {
            foreach (var tensor in weights.Layout.Tensors) tensor.Import<float>(values[$"experts.{m}.{tensor.Name}"], weights.Experts[m]);
        }
    }

    private static long VersionOf(SafetensorsContent content, string path)
    {
        if (!content.Metadata.TryGetValue(VersionKey, out var text)) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new RunFileException($"{path}: metadata {VersionKey} must be a whole number");
    }
}
