using System.Numerics;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>Makes experts and their initial weights from a specification.</summary>
public static class ExpertKinds
{
    /// <summary>Makes an expert, for one thread: with explicit vectors for float, the scalar reference for double.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> Create<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? (IExpert<T>)CreateVectors(model, dim, patches) : CreateReference<T>(model, dim, patches);

    /// <summary>Makes an expert's scalar reference, whatever the element type: the same bits, slowly.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => model.Expert == ExpertKind.Mlp
        ? new MlpReference<T>(MlpShape.Of(model, dim, patches))
        : new PatchCnnReference<T>(PatchCnnShape.Of(model, dim, patches));

    /// <summary>The tensors of a specification's experts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static ParameterLayout Parameters(ModelSpec model, int dim, int patches) => model.Expert == ExpertKind.Mlp
        ? MlpShape.Of(model, dim, patches).Parameters()
        : PatchCnnShape.Of(model, dim, patches).Parameters();

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

    private static IExpert<float> CreateVectors(ModelSpec model, int dim, int patches) => model.Expert == ExpertKind.Mlp
        ? new MlpKernel(MlpShape.Of(model, dim, patches))
        : new PatchCnnKernel(PatchCnnShape.Of(model, dim, patches));
}
