using System.Collections.Immutable;
using System.Numerics;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>The kinds of expert, and the experts and initial weights that a specification asks of them.</summary>
public static class ExpertKinds
{
    /// <summary>Every kind, the default first.</summary>
    public static ImmutableArray<IExpertKind> All { get; } = [new PatchCnnKind(), new MlpKind()];

    /// <summary>The kind that a model's options are of.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="SpecificationException">No kind has such options.</exception>
    public static IExpertKind Of(ModelSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return All.FirstOrDefault(kind => kind.Defaults.GetType() == model.Options.GetType())
            ?? throw new SpecificationException($"model.options: no kind of expert has {model.Options.GetType().Name}");
    }

    /// <summary>The kind of a name; null if there is none.</summary>
    /// <param name="name">Its name in a specification.</param>
    public static IExpertKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Makes an expert for one thread: the kernel for float, the scalar reference for double.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> Create<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? (IExpert<T>)Of(model).CreateKernel(model, dim, patches) : CreateReference<T>(model, dim, patches);

    /// <summary>Makes an expert's scalar reference for any element type: the same bits, slowly.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Of(model).CreateReference<T>(model, dim, patches);

    /// <summary>The tensors of a specification's experts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static ParameterLayout Parameters(ModelSpec model, int dim, int patches) => Of(model).Parameters(model, dim, patches);

    /// <summary>
    /// Draws an expert's initial weights: element e of tensor t is draw e of (seed, expert, t), in the order of the tensor's
    /// outside form, so that padding and layout decide no bit.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">Distribution and scale.</param>
    /// <param name="layout">The tensors.</param>
    /// <param name="seed">The training seed.</param>
    /// <param name="expert">The expert.</param>
    public static T[] InitialWeights<T>(ModelSpec model, ParameterLayout layout, long seed, int expert)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = new T[layout.Length];
        for (var t = 0; t < layout.Tensors.Length; t++)
        {
            var draws = new RandomSequence(seed, DrawPurpose.InitialWeights, expert, (uint)t);
            var bound = 1 / Math.Sqrt(layout.Tensors[t].FanIn);
            var tensor = new T[layout.Tensors[t].ElementCount];
            foreach (ref var element in tensor.AsSpan())
            {
                var draw = model.Initialisation == Initialisation.Normal ? draws.NextNormal() : draws.NextUniform(-bound, bound);
                element = T.CreateTruncating(model.InitialScale * draw);
            }

            layout.Tensors[t].Import<T>(tensor, weights);
        }

        return weights;
    }
}
