using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Output;

/// <summary>Reads a model's weights back, in the shapes that its specification asks for.</summary>
public static class SavedWeights
{
    /// <summary>Reads a weights file.</summary>
    /// <param name="path">The safetensors file.</param>
    /// <param name="spec">The specification of its run.</param>
    /// <exception cref="RunFileException">The file cannot be read, or a tensor is missing, too much or of another shape.</exception>
    public static MixtureWeights<float> Read(string path, RunSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var tensors = SafetensorsReader.Read(path).ToDictionary(tensor => tensor.Name);
        var layout = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        var router = new float[RouterGradientLayout.Of(spec, spec.Data.Dim).GradientLength];
        if (router.Length > 0) Take("router.weight", [spec.Model.Experts, spec.Data.Dim]).CopyTo(router, 0);
        var experts = new float[spec.Model.Experts][];
        for (var m = 0; m < experts.Length; m++)
        {
            experts[m] = new float[layout.Length];
            foreach (var tensor in layout.Tensors) tensor.Import<float>(Take($"experts.{m}.{tensor.Name}", tensor.Shape), experts[m]);
        }

        return tensors.Count == 0
            ? new MixtureWeights<float>(router, experts, layout)
            : throw new RunFileException($"{path}: tensor '{tensors.Keys.First()}' is none of this specification's, which has {experts.Length} experts");

        float[] Take(string name, IReadOnlyList<int> shape)
        {
            if (!tensors.Remove(name, out var tensor)) throw new RunFileException($"{path}: has no tensor '{name}', which its specification asks for");
            return tensor.Shape.SequenceEqual(shape)
                ? tensor.Values
                : throw new RunFileException($"{path}: tensor '{name}' must be ({string.Join(", ", shape)}) by its specification, got ({string.Join(", ", tensor.Shape)})");
        }
    }
}
