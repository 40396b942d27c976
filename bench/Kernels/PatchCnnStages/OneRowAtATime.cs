using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Kernels.PatchCnnStages;

/// <summary>
/// The first stage with vectors: the sixteen filters of the paper's expert are the lanes, and one row (a patch) follows another. So
/// every multiply-add of the forward pass waits for the one before, and every one of the backward pass loads and stores a gradient.
/// </summary>
internal sealed unsafe class OneRowAtATime
{
    private readonly AlignedBuffer<float> _slopes = new(PaperExpert.Patches * PaperExpert.Filters);

    /// <summary>Adds the gradients of one expert's samples, in sample order.</summary>
    /// <param name="samples">The samples, weights and gates.</param>
    /// <param name="sums">Receives what is computed; the gradient must be 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accumulate(in ExpertSamples samples, StageSums sums)
    {
        var outputGradients = stackalloc double[PaperExpert.Classes];
        fixed (float* w = samples.Weights, inputs = samples.Inputs, g = sums.Gradient)
        {
            for (var i = 0; i < samples.Indexes.Length; i++)
            {
                var x = inputs + ((long)samples.Indexes[i] * PaperExpert.SampleLength);
                var activations = Forward(w, x);
                var label = samples.Labels[samples.Indexes[i]];
                var outcome = PaperExpert.Loss(activations, samples.Gates[i], label, outputGradients);
                sums.Loss += outcome.Loss;
                sums.Hits += outcome.Prediction == label ? 1 : 0;
                sums.GateGradients[i] = (float)outcome.GateGradient;
                Backward(x, PaperExpert.ByFilter(outputGradients), g);
            }
        }

        GC.KeepAlive(this);
    }

    private Vector512<float> Forward(float* w, float* x)
    {
        var sum = Vector512<float>.Zero;
        for (var p = 0; p < PaperExpert.Patches; p++, x += PaperExpert.Dim)
        {
            var z = Vector512.Load(w + (PaperExpert.Dim * PaperExpert.Filters));
            for (var k = 0; k < PaperExpert.Dim; k++) z = Vector512.FusedMultiplyAdd(Vector512.Create(x[k]), Vector512.Load(w + (k * PaperExpert.Filters)), z);
            var (value, slope) = PaperExpert.Activate(z);
            slope.Store(_slopes.Pointer + (p * PaperExpert.Filters));
            sum = p == 0 ? value : sum + value;
        }

        return sum;
    }

    private void Backward(float* x, Vector512<float> outputGradient, float* g)
    {
        for (var p = 0; p < PaperExpert.Patches; p++, x += PaperExpert.Dim)
        {
            var dz = outputGradient * Vector512.Load(_slopes.Pointer + (p * PaperExpert.Filters));
            for (var k = 0; k < PaperExpert.Dim; k++)
            {
                var row = g + (k * PaperExpert.Filters);
                Vector512.FusedMultiplyAdd(Vector512.Create(x[k]), dz, Vector512.Load(row)).Store(row);
            }

            var bias = g + (PaperExpert.Dim * PaperExpert.Filters);
            (Vector512.Load(bias) + dz).Store(bias);
        }
    }
}
