using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// The patch CNN with explicit vectors: sixteen filters a vector, eight samples a group, forward, loss and backward fused so
/// that a sample is read once from memory, reached by row pointers without a gather copy. The same bits as
/// <see cref="PatchCnnReference{T}"/> at any vector width.
/// </summary>
public sealed unsafe partial class PatchCnn : IExpert<float>
{
    private const int Lanes = PatchCnnShape.Lanes;
    private const int Group = GatedLossVector.Samples;
    private const int CacheLine = 64;

    private readonly PatchCnnShape _shape;
    private readonly AlignedBuffer<nint> _rows;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<float> _activations;
    private readonly AlignedBuffer<double> _outputs;
    private readonly AlignedBuffer<double> _outputGradients;
    private readonly AlignedBuffer<double> _lossScratch;
    private readonly AlignedBuffer<double> _gates;
    private readonly AlignedBuffer<double> _labels;

    /// <summary>Makes an expert with scratch space for one thread.</summary>
    /// <param name="shape">Sizes, activation and loss.</param>
    public PatchCnn(PatchCnnShape shape)
    {
        _shape = shape;
        Parameters = shape.Parameters();
        _rows = new(Group * shape.Patches);
        _slopes = new(Group * shape.Patches * shape.Stride);
        _activations = new(Group * shape.Stride);
        _outputs = new(Group * shape.Outputs);
        _outputGradients = new(Group * shape.Outputs);
        _lossScratch = new(2 * Group * shape.Outputs);
        _gates = new(Group);
        _labels = new(Group);
    }

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; }

    /// <inheritdoc/>
    public int Outputs => _shape.Outputs;

    /// <inheritdoc/>
    public LeafOutcome Accumulate(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<float> gradient, Span<float> gateGradients)
    {
        var (loss, hits) = (0.0, 0);
        var predictions = stackalloc double[Group];
        var losses = stackalloc double[Group];
        var gates = stackalloc double[Group];
        fixed (float* w = weights, x = samples.Inputs, g = gradient)
        {
            for (var start = 0; start < samples.Indexes.Length; start += Group)
            {
                var count = Math.Min(Group, samples.Indexes.Length - start);
                GatherGroup(x, samples, start, count);
                PrefetchGroup(x, samples, start + Group);
                ForwardGroup(w, count);
                var (groupLoss, gateGradient, prediction) = GatedLossVector.Evaluate(
                    _shape.Loss, _shape.Outputs, _outputs.Pointer, Vector512.Load(_gates.Pointer), Vector512.Load(_labels.Pointer), _outputGradients.Pointer, _lossScratch.Pointer);
                groupLoss.Store(losses);
                gateGradient.Store(gates);
                prediction.Store(predictions);
                for (var s = 0; s < count; s++)
                {
                    loss += losses[s];
                    hits += predictions[s] == _labels.Pointer[s] ? 1 : 0;
                    gateGradients[start + s] = (float)gates[s];
                }

                BackwardGroup(g, count);
            }
        }

        return new LeafOutcome(loss, hits);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<int> predictions)
    {
        fixed (float* w = weights, x = samples.Inputs)
        {
            for (var start = 0; start < samples.Indexes.Length; start += Group)
            {
                var count = Math.Min(Group, samples.Indexes.Length - start);
                GatherGroup(x, samples, start, count);
                ForwardGroup(w, count);
                var predicted = GatedLossVector.Predict(_shape.Outputs, _outputs.Pointer, Vector512.Load(_gates.Pointer), _lossScratch.Pointer);
                for (var s = 0; s < count; s++) predictions[start + s] = (int)predicted[s];
            }
        }
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, ReadOnlySpan<float> sample, Span<float> outputs)
    {
        fixed (float* w = weights, x = sample)
        {
            for (var p = 0; p < _shape.Patches; p++) _rows.Pointer[p] = (nint)(x + (p * _shape.Dim));
            ForwardGroup(w, 1);
            for (var c = 0; c < _shape.Outputs; c++) outputs[c] = (float)_outputs.Pointer[c * Group];
        }
    }

    private void GatherGroup(float* x, in LeafSamples<float> samples, int start, int count)
    {
        var rows = _rows.Pointer;
        for (var s = 0; s < Group; s++)
        {
            if (s >= count)
            {
                (_gates.Pointer[s], _labels.Pointer[s]) = (0, 0);
                continue;
            }

            var index = samples.Indexes[start + s];
            var row = x + ((long)index * _shape.Patches * _shape.Dim);
            for (var p = 0; p < _shape.Patches; p++, row += _shape.Dim) *rows++ = (nint)row;
            (_gates.Pointer[s], _labels.Pointer[s]) = (samples.Gates[start + s], samples.Labels[index]);
        }
    }

    /// <summary>Asks for the next group's rows while this one is computed; a hint, where the processor has one.</summary>
    private void PrefetchGroup(float* x, in LeafSamples<float> samples, int start)
    {
        if (!Sse.IsSupported) return;
        var bytes = _shape.Patches * _shape.Dim * sizeof(float);
        var end = Math.Min(start + Group, samples.Indexes.Length);
        for (var i = start; i < end; i++)
        {
            var row = (byte*)x + ((long)samples.Indexes[i] * bytes);
            for (var b = 0; b < bytes; b += CacheLine) Sse.Prefetch0(row + b);
        }
    }

    /// <summary>Pre-activations, activations and their slopes, and the outputs of up to eight samples.</summary>
    private void ForwardGroup(float* w, int count)
    {
        var rows = count * _shape.Patches;
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            var bias = _shape.Bias ? Vector512.Load(w + ((long)_shape.Dim * _shape.Stride) + f) : Vector512<float>.Zero;
            var row = 0;
            if (_shape.Patches % 4 == 0)
            {
                for (; row + 16 <= rows; row += 16) PreActivations16(w + f, bias, row, f);
            }

            for (; row + 4 <= rows; row += 4) PreActivations4(w + f, bias, row, f);
            for (; row < rows; row++) PreActivations1(w + f, bias, row, f);
        }

        Activate(count);
        for (var s = 0; s < count; s++)
        {
            var activation = _activations.Pointer + (s * _shape.Stride);
            for (var c = 0; c < _shape.Outputs; c++)
            {
                var sum = 0f;
                for (var j = 0; j < _shape.FiltersPerOutput; j++) sum += *activation++;
                _outputs.Pointer[(c * Group) + s] = sum;
            }
        }

        for (var s = count; s < Group; s++)
        {
            for (var c = 0; c < _shape.Outputs; c++) _outputs.Pointer[(c * Group) + s] = 0;
        }
    }

    private void Activate(int count)
    {
        switch (_shape.Activation)
        {
            case Activation.Linear: Activate<ActivationVector.Linear>(count); break;
            case Activation.Cubic: Activate<ActivationVector.Cubic>(count); break;
            case Activation.Relu: Activate<ActivationVector.Relu>(count); break;
            case Activation.Celu: Activate<ActivationVector.Celu>(count); break;
            case Activation.Gelu: Activate<ActivationVector.Gelu>(count); break;
            case Activation.Tanh: Activate<ActivationVector.Tanh>(count); break;
            default: throw new InvalidOperationException($"No such activation: {_shape.Activation}.");
        }
    }

    /// <summary>Sums sigma over a sample's patches, and replaces the pre-activations by sigma's slopes.</summary>
    private void Activate<TFunction>(int count)
        where TFunction : struct, ActivationVector.IFunction
    {
        for (var s = 0; s < count; s++)
        {
            for (var f = 0; f < _shape.Stride; f += Lanes)
            {
                var z = _slopes.Pointer + ((long)s * _shape.Patches * _shape.Stride) + f;
                var (sum, slope) = TFunction.Apply(Vector512.Load(z));
                slope.Store(z);
                for (var p = 1; p < _shape.Patches; p++)
                {
                    z += _shape.Stride;
                    (var value, slope) = TFunction.Apply(Vector512.Load(z));
                    slope.Store(z);
                    sum += value;
                }

                sum.Store(_activations.Pointer + (s * _shape.Stride) + f);
            }
        }
    }

    /// <summary>Adds the group's gradients, row by row in sample and patch order.</summary>
    private void BackwardGroup(float* g, int count)
    {
        var rows = count * _shape.Patches;
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            ScaleSlopes(count, f);
            if (_shape.Bias) AddBiasGradient(g + ((long)_shape.Dim * _shape.Stride) + f, rows, f);
            var row = 0;
            if (_shape.Patches % 4 == 0)
            {
                for (; row + 16 <= rows; row += 16) AddGradient16(g + f, row, f);
            }

            for (; row + 4 <= rows; row += 4) AddGradient4(g + f, row, f);
            for (; row < rows; row++) AddGradient1(g + f, row, f);
        }
    }

    /// <summary>dz = d loss / d output of the filter's class, times sigma's slope; in place of the slopes. Padding stays 0.</summary>
    private void ScaleSlopes(int count, int f)
    {
        var firstClass = f / _shape.FiltersPerOutput;
        var lastClass = Math.Min(_shape.Outputs - 1, (f + Lanes - 1) / _shape.FiltersPerOutput);
        var filter = Vector512<int>.Indices + Vector512.Create(f);
        for (var s = 0; s < count; s++)
        {
            var outputGradient = Vector512<float>.Zero;
            for (var c = firstClass; c <= lastClass; c++)
            {
                var ofClass = Vector512.GreaterThanOrEqual(filter, Vector512.Create(c * _shape.FiltersPerOutput))
                    & Vector512.LessThan(filter, Vector512.Create((c + 1) * _shape.FiltersPerOutput));
                outputGradient = Vector512.ConditionalSelect(ofClass.AsSingle(), Vector512.Create((float)_outputGradients.Pointer[(c * Group) + s]), outputGradient);
            }

            var slope = _slopes.Pointer + ((long)s * _shape.Patches * _shape.Stride) + f;
            for (var p = 0; p < _shape.Patches; p++, slope += _shape.Stride) (outputGradient * Vector512.Load(slope)).Store(slope);
        }
    }
}
