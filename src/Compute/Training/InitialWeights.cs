using System.Numerics;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>A mixture's weights before the first step.</summary>
internal static class InitialWeights
{
    /// <summary>The weights of the file that the specification names, or drawn ones.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, has changed, or does not fit the specification.</exception>
    public static MixtureWeights<T> Of<T>(RunSpec spec)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Read(spec) is not { } read ? Draw<T>(spec, spec.Data.Dim, spec.Data.Patches)
            : new MixtureWeights<T>(Convert<T>(read.Router), [.. read.Experts.Select(Convert<T>)], read.Layout);

    /// <summary>The weights of the file that the specification names; null if it names none.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, has changed, or does not fit the specification.</exception>
    public static MixtureWeights<float>? Read(RunSpec spec)
    {
        var (path, expected) = (spec.Training.InitialWeights, spec.Training.InitialWeightsSha256);
        if (expected.Length == 0) return null;
        var (weights, _) = WeightsTensors.Read(path, spec);
        return weights.Sha256() is var found && found == expected ? weights
            : throw new UnreadableFileException($"{path}: the weights have changed: their SHA-256 is {found}, but the specification has {expected}");
    }

    private static T[] Convert<T>(float[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    /// <summary>Theta = 0 (paper, section 3.3; empty if the gate is 1), and every expert's own draw.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="spec">The specification.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static MixtureWeights<T> Draw<T>(RunSpec spec, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layout = ExpertKinds.Parameters(spec.Model, dim, patches);
        var experts = Enumerable.Range(0, spec.Model.Experts).Select(m => ExpertKinds.InitialWeights<T>(spec.Model, layout, spec.Training.Seed, m));
        return new MixtureWeights<T>(new T[RouterGradientLayout.Of(spec, dim).GradientLength], [.. experts], layout);
    }
}
