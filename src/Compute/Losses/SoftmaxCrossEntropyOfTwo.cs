using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Losses;

/// <summary>
/// <see cref="Specification.LossKind.SoftmaxCrossEntropy"/> of two classes, for eight samples side by side: the operations of
/// <see cref="GatedLoss"/> in three stages, so that other work can run between them. The stages are one long chain of dependent
/// operations, and nothing else would hide its latency.
/// </summary>
internal static unsafe class SoftmaxCrossEntropyOfTwo
{
    /// <summary>Numbers that a stage passes to the next one.</summary>
    public const int Scratch = 6 * Samples;

    private const int Samples = GatedLossVector.Samples;

    /// <summary>The first stage: p = softmax(g o).</summary>
    /// <param name="outputs">[2 x 8] outputs o.</param>
    /// <param name="gate">The gates g.</param>
    /// <param name="scratch"><see cref="Scratch"/> numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Probabilities(double* outputs, Vector512<double> gate, double* scratch)
    {
        var p = GatedLossVector.SoftmaxOfTwo(gate * At(outputs, 0), gate * At(outputs, 1));
        p.First.Store(scratch);
        p.Second.Store(scratch + Samples);
    }

    /// <summary>The second stage: softmax(p), for the official code takes the probabilities as logits once more.</summary>
    /// <param name="scratch">Results of the first stage.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ProbabilitiesAgain(double* scratch)
    {
        var q = GatedLossVector.SoftmaxOfTwo(At(scratch, 0), At(scratch, 1));
        q.First.Store(scratch + (2 * Samples));
        q.Second.Store(scratch + (3 * Samples));
        q.Largest.Store(scratch + (4 * Samples));
        q.Sum.Store(scratch + (5 * Samples));
    }

    /// <summary>The third stage: losses and gradients.</summary>
    /// <param name="outputs">[2 x 8] outputs o.</param>
    /// <param name="gate">The gates g.</param>
    /// <param name="label">The classes, as numbers.</param>
    /// <param name="scratch">Results of the second stage.</param>
    /// <param name="outputGradients">Receives [2 x 8] d loss / d outputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GatedLosses Gradients(double* outputs, Vector512<double> gate, Vector512<double> label, double* scratch, double* outputGradients)
    {
        var (zero, one) = (Vector512<double>.Zero, Vector512<double>.One);
        var (p0, p1) = (At(scratch, 0), At(scratch, 1));
        var is0 = Vector512.Equals(label, zero);
        var (difference0, difference1) = (At(scratch, 2) - (is0 & one), At(scratch, 3) - Vector512.AndNot(one, is0));
        var mean = Vector512.FusedMultiplyAdd(p1, difference1, Vector512.FusedMultiplyAdd(p0, difference0, zero));
        var (gradient0, gradient1) = (p0 * (difference0 - mean), p1 * (difference1 - mean));
        (gate * gradient0).Store(outputGradients);
        (gate * gradient1).Store(outputGradients + Samples);
        var gateGradient = Vector512.FusedMultiplyAdd(At(outputs, 1), gradient1, Vector512.FusedMultiplyAdd(At(outputs, 0), gradient0, zero));
        var loss = At(scratch, 4) + SpecialFunctions.Log(At(scratch, 5)) - Vector512.ConditionalSelect(is0, p0, p1);
        return new GatedLosses(loss, gateGradient, Vector512.GreaterThan(gate * At(outputs, 1), gate * At(outputs, 0)) & one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> At(double* rows, int row) => Vector512.Load(rows + (row * Samples));
}
