using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Kernels.PatchCnnStages;

/// <summary>
/// The blocked stage: groups of sixteen samples. Forward, a vector of weights is loaded once for the sixteen rows of four samples;
/// backward, the gradients of ten elements stay in registers while the rows of the group pass. Sixteen and ten chains of multiply-adds
/// are enough to hide the latency of each.
/// </summary>
/// <param name="vectorLosses">Whether the losses of eight samples are computed together, or those of one.</param>
internal sealed unsafe class RowTiles(bool vectorLosses)
{
    private const int Group = 16;
    private const int Tile = 10;
    private const int Eight = GatedLossVector.Samples;
    private const int Filters = PaperExpert.Filters;

    private readonly AlignedBuffer<nint> _offsets = new(Group);
    private readonly AlignedBuffer<float> _slopes = new(Group * PaperExpert.Patches * Filters);
    private readonly AlignedBuffer<float> _activations = new(Group * Filters);
    private readonly AlignedBuffer<double> _losses = new(4 * Eight * PaperExpert.Classes);

    /// <summary>Adds the gradients of one expert's samples, in sample order.</summary>
    /// <param name="samples">The samples, weights and gates.</param>
    /// <param name="sums">Receives what is computed; the gradient must be 0.</param>
    public void Accumulate(in ExpertSamples samples, StageSums sums)
    {
        fixed (float* w = samples.Weights, x = samples.Inputs, g = sums.Gradient)
        {
            for (var first = 0; first < samples.Indexes.Length; first += Group)
            {
                var count = Math.Min(Group, samples.Indexes.Length - first);
                // The last group computes its first sample again instead of those that it has not.
                for (var s = 0; s < Group; s++) _offsets.Pointer[s] = (nint)samples.Indexes[first + (s < count ? s : 0)] * PaperExpert.SampleLength;
                for (var s = 0; s < count; s += 4) Forward(w, x, s);
                if (vectorLosses) LossesOfEight(samples, first, count, sums);
                else LossesOneByOne(samples, first, count, sums);
                for (var k = 0; k < PaperExpert.Dim; k += Tile) Backward(x, g, k, count);
                AddBiases(g + (PaperExpert.Dim * Filters), count);
            }
        }

        GC.KeepAlive(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(float* w, float* inputs, int sample)
    {
        const nint Dim = PaperExpert.Dim;
        nint* offsets = _offsets.Pointer + sample;
        float* x0 = inputs + offsets[0], x1 = inputs + offsets[1], x2 = inputs + offsets[2], x3 = inputs + offsets[3];
        var bias = Vector512.Load(w + (Dim * Filters));
        Vector512<float> a0 = bias, a1 = bias, a2 = bias, a3 = bias, b0 = bias, b1 = bias, b2 = bias, b3 = bias;
        Vector512<float> c0 = bias, c1 = bias, c2 = bias, c3 = bias, d0 = bias, d1 = bias, d2 = bias, d3 = bias;
        for (nint k = 0; k < Dim; k++)
        {
            var ofElement = Vector512.Load(w + (k * Filters));
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[k]), ofElement, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[Dim + k]), ofElement, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[(2 * Dim) + k]), ofElement, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(x0[(3 * Dim) + k]), ofElement, a3);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Create(x1[k]), ofElement, b0);
            b1 = Vector512.FusedMultiplyAdd(Vector512.Create(x1[Dim + k]), ofElement, b1);
            b2 = Vector512.FusedMultiplyAdd(Vector512.Create(x1[(2 * Dim) + k]), ofElement, b2);
            b3 = Vector512.FusedMultiplyAdd(Vector512.Create(x1[(3 * Dim) + k]), ofElement, b3);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(x2[k]), ofElement, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(x2[Dim + k]), ofElement, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(x2[(2 * Dim) + k]), ofElement, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(x2[(3 * Dim) + k]), ofElement, c3);
            d0 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[k]), ofElement, d0);
            d1 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[Dim + k]), ofElement, d1);
            d2 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[(2 * Dim) + k]), ofElement, d2);
            d3 = Vector512.FusedMultiplyAdd(Vector512.Create(x3[(3 * Dim) + k]), ofElement, d3);
        }

        Activate(sample, a0, a1, a2, a3);
        Activate(sample + 1, b0, b1, b2, b3);
        Activate(sample + 2, c0, c1, c2, c3);
        Activate(sample + 3, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Activate(int sample, Vector512<float> z0, Vector512<float> z1, Vector512<float> z2, Vector512<float> z3)
    {
        var slopes = _slopes.Pointer + (sample * PaperExpert.Patches * Filters);
        var (v0, s0) = PaperExpert.Activate(z0);
        var (v1, s1) = PaperExpert.Activate(z1);
        var (v2, s2) = PaperExpert.Activate(z2);
        var (v3, s3) = PaperExpert.Activate(z3);
        s0.Store(slopes);
        s1.Store(slopes + Filters);
        s2.Store(slopes + (2 * Filters));
        s3.Store(slopes + (3 * Filters));
        (v0 + v1 + v2 + v3).Store(_activations.Pointer + (sample * Filters));
    }

    private void LossesOneByOne(in ExpertSamples samples, int first, int count, StageSums sums)
    {
        var outputGradients = stackalloc double[PaperExpert.Classes];
        for (var s = 0; s < count; s++)
        {
            var label = samples.Labels[samples.Indexes[first + s]];
            var outcome = PaperExpert.Loss(Vector512.Load(_activations.Pointer + (s * Filters)), samples.Gates[first + s], label, outputGradients);
            sums.Loss += outcome.Loss;
            sums.Hits += outcome.Prediction == label ? 1 : 0;
            sums.GateGradients[first + s] = (float)outcome.GateGradient;
            ScaleSlopes(s, PaperExpert.ByFilter(outputGradients));
        }
    }

    private void LossesOfEight(in ExpertSamples samples, int first, int count, StageSums sums)
    {
        double* outputs = _losses.Pointer, outputGradients = outputs + (PaperExpert.Classes * Eight), scratch = outputGradients + (PaperExpert.Classes * Eight);
        var own = stackalloc double[PaperExpert.Classes];
        for (var s = 0; s < count; s += Eight)
        {
            var (gates, labels) = (Vector512<double>.Zero, Vector512<double>.Zero);
            var taken = Math.Min(Eight, count - s);
            for (var i = 0; i < taken; i++)
            {
                gates = gates.WithElement(i, samples.Gates[first + s + i]);
                labels = labels.WithElement(i, samples.Labels[samples.Indexes[first + s + i]]);
                var activations = Vector512.Load(_activations.Pointer + ((s + i) * Filters));
                (outputs[i], outputs[Eight + i]) = (PaperExpert.Output(activations, 0), PaperExpert.Output(activations, 1));
            }

            var losses = GatedLossVector.Evaluate(LossKind.SoftmaxCrossEntropy, PaperExpert.Classes, outputs, gates, labels, outputGradients, scratch);
            for (var i = 0; i < taken; i++)
            {
                sums.Loss += losses.Loss[i];
                sums.Hits += losses.Prediction[i] == labels[i] ? 1 : 0;
                sums.GateGradients[first + s + i] = (float)losses.GateGradient[i];
                (own[0], own[1]) = (outputGradients[i], outputGradients[Eight + i]);
                ScaleSlopes(s + i, PaperExpert.ByFilter(own));
            }
        }
    }

    /// <summary>From the slopes of the activations to the gradients of what was activated.</summary>
    private void ScaleSlopes(int sample, Vector512<float> outputGradient)
    {
        var slopes = _slopes.Pointer + (sample * PaperExpert.Patches * Filters);
        for (var p = 0; p < PaperExpert.Patches; p++, slopes += Filters) (outputGradient * Vector512.Load(slopes)).Store(slopes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Backward(float* inputs, float* g, int k, int count)
    {
        var dz = _slopes.Pointer;
        g += k * Filters;
        Vector512<float> a0 = Vector512.Load(g), a1 = Vector512.Load(g + Filters), a2 = Vector512.Load(g + (2 * Filters)), a3 = Vector512.Load(g + (3 * Filters));
        Vector512<float> a4 = Vector512.Load(g + (4 * Filters)), a5 = Vector512.Load(g + (5 * Filters)), a6 = Vector512.Load(g + (6 * Filters));
        Vector512<float> a7 = Vector512.Load(g + (7 * Filters)), a8 = Vector512.Load(g + (8 * Filters)), a9 = Vector512.Load(g + (9 * Filters));
        for (var s = 0; s < count; s++)
        {
            var x = inputs + _offsets.Pointer[s] + k;
            for (var p = 0; p < PaperExpert.Patches; p++, x += PaperExpert.Dim, dz += Filters)
            {
                var ofRow = Vector512.Load(dz);
                a0 = Vector512.FusedMultiplyAdd(Vector512.Create(x[0]), ofRow, a0);
                a1 = Vector512.FusedMultiplyAdd(Vector512.Create(x[1]), ofRow, a1);
                a2 = Vector512.FusedMultiplyAdd(Vector512.Create(x[2]), ofRow, a2);
                a3 = Vector512.FusedMultiplyAdd(Vector512.Create(x[3]), ofRow, a3);
                a4 = Vector512.FusedMultiplyAdd(Vector512.Create(x[4]), ofRow, a4);
                a5 = Vector512.FusedMultiplyAdd(Vector512.Create(x[5]), ofRow, a5);
                a6 = Vector512.FusedMultiplyAdd(Vector512.Create(x[6]), ofRow, a6);
                a7 = Vector512.FusedMultiplyAdd(Vector512.Create(x[7]), ofRow, a7);
                a8 = Vector512.FusedMultiplyAdd(Vector512.Create(x[8]), ofRow, a8);
                a9 = Vector512.FusedMultiplyAdd(Vector512.Create(x[9]), ofRow, a9);
            }
        }

        a0.Store(g);
        a1.Store(g + Filters);
        a2.Store(g + (2 * Filters));
        a3.Store(g + (3 * Filters));
        a4.Store(g + (4 * Filters));
        a5.Store(g + (5 * Filters));
        a6.Store(g + (6 * Filters));
        a7.Store(g + (7 * Filters));
        a8.Store(g + (8 * Filters));
        a9.Store(g + (9 * Filters));
    }

    private void AddBiases(float* g, int count)
    {
        var sum = Vector512.Load(g);
        for (var row = 0; row < count * PaperExpert.Patches; row++) sum += Vector512.Load(_slopes.Pointer + (row * Filters));
        sum.Store(g);
    }
}
