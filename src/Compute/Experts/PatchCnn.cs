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

    /// <summary>Samples after the next group that are asked into the second-level cache.</summary>
    private const int FarAhead = 16;

    private readonly PatchCnnShape _shape;
    private readonly AlignedBuffer<nint> _rowBuffers;
    private readonly AlignedBuffer<nint> _farSamples = new(Group);
    private readonly AlignedBuffer<float> _classMasks;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<float> _activations;
    private readonly AlignedBuffer<double> _outputs;
    private readonly AlignedBuffer<double> _outputGradients;
    private readonly AlignedBuffer<double> _lossScratch;
    private readonly AlignedBuffer<double> _gates;
    private readonly AlignedBuffer<double> _labels;
    private nint* _rows;
    private nint* _nextRows;

    /// <summary>Makes an expert with scratch space for one thread.</summary>
    /// <param name="shape">Sizes, activation and loss.</param>
    public PatchCnn(PatchCnnShape shape)
    {
        _shape = shape;
        Parameters = shape.Parameters();
        _rowBuffers = new(2 * Group * shape.Patches);
        _rows = _rowBuffers.Pointer;
        _nextRows = _rows + (Group * shape.Patches);
        _classMasks = ClassMasks(shape);
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
                NextGroup(x, samples, start, count);
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
                NextGroup(x, samples, start, count);
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
            for (var p = 0; p < _shape.Patches; p++) _rows[p] = _nextRows[p] = (nint)(x + (p * _shape.Dim));
            ForwardGroup(w, 1);
            for (var c = 0; c < _shape.Outputs; c++) outputs[c] = (float)_outputs.Pointer[c * Group];
        }
    }

    /// <summary>
    /// Rows, gates and labels of a group, and the rows of the one after it, which the backward pass asks for while it computes.
    /// </summary>
    private void NextGroup(float* x, in LeafSamples<float> samples, int start, int count)
    {
        if (start == 0) FindRows(x, samples, 0);
        var spent = _rows;
        _rows = _nextRows;
        _nextRows = spent;
        FindRows(x, samples, start + count);
        for (var s = 0; s < Group; s++) _farSamples.Pointer[s] = (nint)(x + ((long)Index(samples, start + count + FarAhead + s) * _shape.Patches * _shape.Dim));
        for (var s = 0; s < count; s++)
            (_gates.Pointer[s], _labels.Pointer[s]) = (samples.Gates[start + s], samples.Labels[samples.Indexes[start + s]]);
        for (var s = count; s < Group; s++) (_gates.Pointer[s], _labels.Pointer[s]) = (0, 0);
        if (count < Group) AskForRows(count);
    }

    /// <summary>Rows of the group that starts at a sample.</summary>
    private void FindRows(float* x, in LeafSamples<float> samples, int start)
    {
        var rows = _nextRows;
        var (patches, dim) = (_shape.Patches, _shape.Dim);
        for (var s = start; s < start + Group; s++)
        {
            var row = x + ((long)Index(samples, s) * patches * dim);
            for (var p = 0; p < patches; p++, row += dim) *rows++ = (nint)row;
        }
    }

    /// <summary>A sample of the leaf; past its end one of those that come next, if they are known.</summary>
    private static int Index(in LeafSamples<float> samples, int s)
    {
        var past = s - samples.Indexes.Length;
        return past < 0 ? samples.Indexes[s] : past < samples.Upcoming.Length ? samples.Upcoming[past] : samples.Indexes[0];
    }

    /// <summary>Asks for the next rows that this group's backward pass will not ask for.</summary>
    private void AskForRows(int firstSample)
    {
        if (!Sse.IsSupported) return;
        var bytes = _shape.Patches * _shape.Dim * sizeof(float);
        for (var s = firstSample; s < Group; s++)
        {
            var row = (byte*)_nextRows[s * _shape.Patches];
            for (var b = 0; b < bytes; b += CacheLine) Sse.Prefetch0(row + b);
        }
    }

    /// <summary>Activations, their slopes, and the outputs of up to eight samples.</summary>
    private void ForwardGroup(float* w, int count)
    {
        switch (_shape.Activation)
        {
            case Activation.Linear: Forward<ActivationVector.Linear>(w, count); break;
            case Activation.Cubic: Forward<ActivationVector.Cubic>(w, count); break;
            case Activation.Relu: Forward<ActivationVector.Relu>(w, count); break;
            case Activation.Celu: Forward<ActivationVector.Celu>(w, count); break;
            case Activation.Gelu: Forward<ActivationVector.Gelu>(w, count); break;
            case Activation.Tanh: Forward<ActivationVector.Tanh>(w, count); break;
            default: throw new InvalidOperationException($"No such activation: {_shape.Activation}.");
        }

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

    private void Forward<TFunction>(float* w, int count)
        where TFunction : struct, ActivationVector.IFunction
    {
        var rows = count * _shape.Patches;
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            var bias = _shape.Bias ? Vector512.Load(w + ((long)_shape.Dim * _shape.Stride) + f) : Vector512<float>.Zero;
            var (row, activated) = (0, 0);
            if (_shape.Patches == 4)
            {
                // Four samples a tile, which activates them while their pre-activations are in registers.
                for (; row + 16 <= rows; row += 16, activated += 4) Activations16<TFunction>(w + f, bias, row, f);
            }

            for (; row + 4 <= rows; row += 4) PreActivations4(w + f, bias, row, f);
            for (; row < rows; row++) PreActivations1(w + f, bias, row, f);
            Activate<TFunction>(activated, count, f);
        }
    }

    /// <summary>Sums sigma over a sample's patches, and replaces the pre-activations by sigma's slopes.</summary>
    private void Activate<TFunction>(int first, int count, int f)
        where TFunction : struct, ActivationVector.IFunction
    {
        for (var s = first; s < count; s++)
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

    /// <summary>Adds the group's gradients, row by row in sample and patch order.</summary>
    private void BackwardGroup(float* g, int count)
    {
        var rows = count * _shape.Patches;
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            ScaleSlopes(count, f);
            if (_shape.Bias) AddBiasGradient(g + ((long)_shape.Dim * _shape.Stride) + f, rows, f);
            var k = 0;
            for (; k + 10 <= _shape.Dim; k += 10) AddGradient10(g + ((nint)k * _shape.Stride) + f, k, rows, f);
            for (; k < _shape.Dim; k++) AddGradient1(g + ((nint)k * _shape.Stride) + f, k, rows, f);
        }
    }

    /// <summary>dz = d loss / d output of the filter's class, times sigma's slope; in place of the slopes. Padding stays 0.</summary>
    private void ScaleSlopes(int count, int f)
    {
        var firstClass = f / _shape.FiltersPerOutput;
        var lastClass = Math.Min(_shape.Outputs - 1, (f + Lanes - 1) / _shape.FiltersPerOutput);
        var stride = (nint)_shape.Stride;
        for (var s = 0; s < count; s++)
        {
            var outputGradient = Vector512<float>.Zero;
            for (var c = firstClass; c <= lastClass; c++)
            {
                var ofClass = Vector512.Load(_classMasks.Pointer + ((c - firstClass) * stride) + f);
                outputGradient |= ofClass & Vector512.Create((float)_outputGradients.Pointer[(c * Group) + s]);
            }

            var slope = _slopes.Pointer + ((nint)s * _shape.Patches * stride) + f;
            for (var p = 0; p < _shape.Patches; p++, slope += stride) (outputGradient * Vector512.Load(slope)).Store(slope);
        }
    }

    /// <summary>For each vector of filters and each class among them, from its first: all bits set where a filter serves that class.</summary>
    private static AlignedBuffer<float> ClassMasks(PatchCnnShape shape)
    {
        var classes = Math.Min(shape.Outputs, ((Lanes - 1) / shape.FiltersPerOutput) + 2);
        var masks = new AlignedBuffer<float>(classes * shape.Stride);
        for (var f = 0; f < shape.Filters; f++)
        {
            var firstClass = f / Lanes * Lanes / shape.FiltersPerOutput;
            masks.Span[(((f / shape.FiltersPerOutput) - firstClass) * shape.Stride) + f] = BitConverter.Int32BitsToSingle(-1);
        }

        return masks;
    }
}
