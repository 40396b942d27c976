using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// A kind of expert: everything that a specification, a training step, a report and a benchmark have to know of it. The
/// instance has no state and is used by several threads at a time.
/// </summary>
public interface IExpertKind
{
    /// <summary>
    /// Its name in a specification (<c>model.expert</c>): a lower-case letter, then letters and digits, and no name of another kind or
    /// of a field of the model.
    /// </summary>
    string Name { get; }

    /// <summary>Its options with their defaults; their type is of this kind alone.</summary>
    ExpertOptions Defaults { get; }

    /// <summary>The activation function if the specification names none.</summary>
    Activation DefaultActivation { get; }

    /// <summary>Whether the paper's published values and theorem 4.1 are of experts of this kind.</summary>
    bool IsOfThePaper => false;

    /// <summary>What <c>moe bench</c> measures this kind on.</summary>
    BenchWorkload Bench => BenchWorkload.SettingOne;

    /// <summary>What this kind demands of the model's fields, in addition to the limits that its options declare.</summary>
    /// <param name="model">A model with options of this kind, whose every field is inside its own limits.</param>
    /// <returns>The conflicts; none if the model can be trained.</returns>
    IEnumerable<FieldConflict> Conflicts(ModelSpec model) => [];

    /// <summary>The largest arrays that an expert needs; one of more than 2^30 numbers is refused.</summary>
    /// <param name="spec">A specification with options of this kind, whose every field is inside its own limits.</param>
    /// <returns>Their sizes, computed in <see cref="long"/>.</returns>
    IEnumerable<ArraySize> LargestArrays(RunSpec spec);

    /// <summary>Positions of a block, the leaf of the reduction tree, if the specification gives none.</summary>
    /// <param name="experts">Number of experts M, at least 1.</param>
    /// <returns>A power of two, 16 to 65,536.</returns>
    int DefaultBlock(int experts) => 256;

    /// <summary>Changes a preset, which is made for the paper's patch CNN, to values that suit this kind.</summary>
    /// <param name="preset">The recipe's values with this kind's <see cref="Defaults"/> and <see cref="DefaultActivation"/>.</param>
    /// <returns>The preset of this kind.</returns>
    RunSpec AdaptPreset(RunSpec preset) => preset;

    /// <summary>The title of a model in reports and tables, such as "MoE of MLPs, 512 hidden units".</summary>
    /// <param name="model">A model with options of this kind.</param>
    string Title(ModelSpec model);

    /// <summary>The experts in a sentence, such as "two-layer ReLU MLPs with 512 hidden units"; singular for a single model.</summary>
    /// <param name="model">A model with options of this kind.</param>
    string Describe(ModelSpec model) => Title(model);

    /// <summary>
    /// Floating point operations of one sample, forward and backward; a fused multiply-add is two. Activations and losses do not count.
    /// </summary>
    /// <param name="model">A model with options of this kind.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    double OperationsPerSample(ModelSpec model, int dim, int patches);

    /// <summary>The tensors of an expert's weights, with the number of inputs that scales each one's initial weights.</summary>
    /// <param name="model">A model with options of this kind.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    ParameterLayout Parameters(ModelSpec model, int dim, int patches);

    /// <summary>
    /// Makes an expert from scalar code, for float and for double. In double its gradients are compared with finite differences.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">A model with options of this kind.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    /// <returns>An expert for one thread.</returns>
    IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Makes the expert that is trained; it must have the bits of the reference. By default it is the reference.</summary>
    /// <param name="model">A model with options of this kind.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    /// <returns>An expert for one thread.</returns>
    IExpert<float> CreateKernel(ModelSpec model, int dim, int patches) => CreateReference<float>(model, dim, patches);
}
