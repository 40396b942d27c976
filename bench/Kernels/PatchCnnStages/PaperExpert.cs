using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Kernels.PatchCnnStages;

/// <summary>
/// The one shape that the stages of docs/kernels.md compute: the expert of setting 1. Its weights are [51 x 16]: a row of sixteen
/// filters for each of the 50 elements of a patch, and one of biases.
/// </summary>
internal static unsafe class PaperExpert
{
    public const int Patches = 4;
    public const int Dim = 50;
    public const int SampleLength = Patches * Dim;
    public const int Classes = 2;
    public const int Filters = 16;

    /// <summary>The cubic activation, and its slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Value, Vector512<float> Slope) Activate(Vector512<float> z)
    {
        var square = z * z;
        return (square * z, Vector512.Create(3f) * square);
    }

    /// <summary>The loss of one sample, scalar: the first eight filters are class 0, the others class 1.</summary>
    public static SampleLoss Loss(Vector512<float> activations, float gate, int label, double* outputGradients)
    {
        var outputs = stackalloc double[Classes];
        for (var c = 0; c < Classes; c++) outputs[c] = Output(activations, c);
        return GatedLoss.Evaluate(LossKind.SoftmaxCrossEntropy, new(outputs, Classes), gate, label, new(outputGradients, Classes));
    }

    /// <summary>The output of a class: the sum over its filters, in order.</summary>
    public static float Output(Vector512<float> activations, int c)
    {
        var half = c == 0 ? activations.GetLower() : activations.GetUpper();
        var sum = 0f;
        for (var j = 0; j < Filters / Classes; j++) sum += half[j];
        return sum;
    }

    /// <summary>The gradient of its class's output for each filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ByFilter(double* outputGradients) =>
        Vector512.Create(Vector256.Create((float)outputGradients[0]), Vector256.Create((float)outputGradients[1]));
}
