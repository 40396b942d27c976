using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Weights;

/// <summary>Which pieces of a run's weights are kept: those of the final weights, the router's first, and then those of the smallest loss.</summary>
/// <param name="RouterLength">Elements of the router's weights.</param>
/// <param name="ExpertLength">Elements of an expert's.</param>
/// <param name="Experts">Number of experts.</param>
/// <param name="HasBest">Whether the weights of the smallest loss are kept too.</param>
[GenerateSerializer, Immutable, Alias("moe.KeptWeights.v1")]
internal sealed record KeptWeights(
    [property: Id(0)] int RouterLength, [property: Id(1)] int ExpertLength, [property: Id(2)] int Experts, [property: Id(3)] bool HasBest)
{
    /// <summary>Number of pieces.</summary>
    public int Count => (HasBest ? 2 : 1) * OfMixture;

    /// <summary>Memory that they take.</summary>
    public long Bytes => (HasBest ? 2L : 1L) * sizeof(float) * (RouterLength + ((long)Experts * ExpertLength));

    private int OfMixture => Pieces(RouterLength) + (Experts * Pieces(ExpertLength));

    /// <summary>The pieces of a run's weights.</summary>
    /// <param name="final">The final weights.</param>
    /// <param name="best">Those of the smallest loss; null if the run does not keep them.</param>
    public static KeptWeights Of(RunWeights final, RunWeights? best) => new(final.Router.Length, final.Experts[0].Length, final.Experts.Length, best is not null);

    /// <summary>The pieces in order.</summary>
    /// <param name="final">The final weights.</param>
    /// <param name="best">Those of the smallest loss; null if the run does not keep them.</param>
    public static IEnumerable<WireTensor<float>> Cut(RunWeights final, RunWeights? best)
    {
        foreach (var weights in best is null ? (RunWeights[])[final] : [final, best])
        {
            foreach (var tensor in (WireTensor<float>[])[weights.Router, .. weights.Experts])
            {
                for (var first = 0; first < tensor.Length; first += TensorPiece.MaxElements) yield return new WireTensor<float>(TensorPiece.Of(tensor.Memory, first));
            }
        }
    }

    /// <summary>The piece that begins at an element; null if the run does not keep such weights.</summary>
    /// <param name="best">Whether it is of the weights of the smallest loss.</param>
    /// <param name="expert">The expert; null for the router.</param>
    /// <param name="first">The element.</param>
    /// <exception cref="ArgumentException">No piece begins there.</exception>
    public int? IndexOf(bool best, int? expert, int first)
    {
        if (best && !HasBest) return null;
        var length = expert is null ? RouterLength : ExpertLength;
        if (expert < 0 || expert >= Experts || first < 0 || first >= length || first % TensorPiece.MaxElements != 0)
            throw new ArgumentException($"No piece of the weights begins at element {first} of {(expert is { } wrong ? $"expert {wrong}" : "the router")}.", nameof(first));
        var before = expert is { } m ? Pieces(RouterLength) + (m * Pieces(ExpertLength)) : 0;
        return (best ? OfMixture : 0) + before + (first / TensorPiece.MaxElements);
    }

    private static int Pieces(int length) => (length + TensorPiece.MaxElements - 1) / TensorPiece.MaxElements;
}
