using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>
/// The patch CNN with explicit vectors: sixteen filters a vector, sixteen samples a group, forward, loss and backward fused so
/// that a sample is read once from memory, where it lies. Forward and losses know no leaf, so a group may be of several; the
/// backward pass follows leaf by leaf. The same bits as <see cref="PatchCnnReference{T}"/> at any vector width.
/// </summary>
// Public members end with GC.KeepAlive: without it the scratch space might be collected while a loop still has pointers into it.
public sealed unsafe partial class PatchCnn : IExpert<float>
{
    private const int Lanes = PatchCnnShape.Lanes;
    private const int Eight = GatedLossVector.Samples;
    private const int CacheLine = 64;

    /// <summary>Samples whose forward pass and losses are computed together, of whatever leaves they are.</summary>
    internal const int Group = 16;

    private readonly PatchCnnShape _shape;
    private readonly AlignedBuffer<nint> _offsets = new(2 * Group);
    private readonly AlignedBuffer<float> _classMasks;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<float> _activations;
    private readonly AlignedBuffer<float> _columns;
    private readonly AlignedBuffer<double> _outputs;
    private readonly AlignedBuffer<double> _wideGradients;
    private readonly AlignedBuffer<float> _outputGradients;
    private readonly AlignedBuffer<double> _lossScratch;
    private readonly AlignedBuffer<double> _gates = new(Group);
    private readonly AlignedBuffer<double> _labels = new(Group);
    private readonly AlignedBuffer<double> _losses = new(Group);
    private readonly AlignedBuffer<float> _gateGradients = new(Group);
    private readonly AlignedBuffer<double> _predictions = new(Group);

    // Where samples start, as offsets, since the inputs may be moved between two calls: the group's, and those of the next group.
    private nint* _samples;
    private nint* _nextSamples;
    private float* _inputs;
    private int _count;
    private int _used;
    private uint _hits;

    /// <summary>Makes an expert with scratch space for one thread.</summary>
    /// <param name="shape">Sizes, activation and loss.</param>
    public PatchCnn(PatchCnnShape shape)
    {
        _shape = shape;
        Parameters = shape.Parameters();
        _samples = _offsets.Pointer;
        _nextSamples = _samples + Group;
        _classMasks = ClassMasks(shape);
        _slopes = new(checked(Group * shape.Patches * shape.Stride));
        _activations = new(Group * shape.Stride);
        _columns = new(Eight * shape.Stride);
        _outputs = new(Group * shape.Outputs);
        _wideGradients = new(Eight * shape.Outputs);
        _outputGradients = new(Group * shape.Outputs);
        _lossScratch = new(2 * Eight * shape.Outputs);
    }

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; }

    /// <inheritdoc/>
    public int Outputs => _shape.Outputs;

    /// <inheritdoc/>
    public LeafOutcome Accumulate(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<float> gradient, Span<float> gateGradients) =>
        Accumulate(weights, samples, gradient, gateGradients, false);

    /// <inheritdoc/>
    public LeafOutcome Sum(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<float> gradient, Span<float> gateGradients)
    {
        if (samples.Indexes.Length == 0) gradient.Clear();
        return Accumulate(weights, samples, gradient, gateGradients, true);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<int> predictions)
    {
        Forget();
        fixed (float* w = weights, x = samples.Inputs)
        {
            _inputs = x;
            for (var start = 0; start < samples.Indexes.Length; start += _count)
            {
                NextGroup(samples, start, Math.Min(Group, samples.Indexes.Length - start));
                ForwardGroup(w);
                for (var s = 0; s < _count; s += Eight)
                {
                    var predicted = GatedLossVector.Predict(_shape.Outputs, _outputs.Pointer + (s * _shape.Outputs), Vector512.Load(_gates.Pointer + s), _lossScratch.Pointer);
                    predicted.Store(_predictions.Pointer + s);
                }

                for (var s = 0; s < _count; s++) predictions[start + s] = (int)_predictions.Pointer[s];
            }
        }

        Forget();
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, ReadOnlySpan<float> sample, Span<float> outputs)
    {
        Forget();
        fixed (float* w = weights, x = sample)
        {
            _inputs = x;
            _samples[0] = 0;
            _count = 1;
            ForwardGroup(w);
            for (var c = 0; c < _shape.Outputs; c++) outputs[c] = (float)_outputs.Pointer[c * Eight];
        }

        Forget();
        GC.KeepAlive(this);
    }

    private LeafOutcome Accumulate(ReadOnlySpan<float> weights, in LeafSamples<float> samples, Span<float> gradient, Span<float> gateGradients, bool fromZero)
    {
        var (loss, hits) = (0.0, 0);
        if (!samples.Continues) Forget();
        fixed (float* w = weights, x = samples.Inputs, g = gradient)
        {
            _inputs = x;
            for (var done = 0; done < samples.Indexes.Length;)
            {
                if (_used == _count)
                {
                    NextGroup(samples, done, Math.Min(Group, samples.Indexes.Length + samples.UpcomingGates.Length - done));
                    ForwardGroup(w);
                    Losses();
                }

                var count = Math.Min(_count - _used, samples.Indexes.Length - done);
                for (var s = 0; s < count; s++) loss += _losses.Pointer[_used + s];
                hits += BitOperations.PopCount((_hits >> _used) & ((1u << count) - 1));
                _gateGradients.Span.Slice(_used, count).CopyTo(gateGradients[done..]);
                BackwardGroup(g, _used, count, fromZero && done == 0);
                _used += count;
                done += count;
            }
        }

        GC.KeepAlive(this);
        return new LeafOutcome(loss, hits);
    }

    /// <summary>Samples that were computed ahead are not asked for.</summary>
    private void Forget() => (_count, _used) = (0, 0);

    /// <summary>Takes up to <see cref="Group"/> samples: where they start, their gates and labels.</summary>
    private void NextGroup(in LeafSamples<float> samples, int start, int count)
    {
        // After a whole group the next one is known.
        var spent = _samples;
        _samples = _nextSamples;
        _nextSamples = spent;
        if (_count < Group)
        {
            Find(samples, start, _samples);
            AskFor(_samples, 0, count);
        }

        Find(samples, start + count, _nextSamples);
        (_count, _used) = (count, 0);
        for (var s = 0; s < count; s++)
        {
            var i = start + s;
            _gates.Pointer[s] = i < samples.Gates.Length ? samples.Gates[i] : samples.UpcomingGates[i - samples.Gates.Length];
            _labels.Pointer[s] = samples.Labels[Index(samples, i)];
        }

        for (var s = count; s < Group; s++) (_gates.Pointer[s], _labels.Pointer[s]) = (0, 0);
        if (count < Group) AskFor(_nextSamples, count, Group);
    }

    /// <summary>Where the samples of a group start.</summary>
    private void Find(in LeafSamples<float> samples, int start, nint* offsets)
    {
        var length = (nint)_shape.Patches * _shape.Dim;
        for (var s = 0; s < Group; s++) offsets[s] = Index(samples, start + s) * length;
    }

    /// <summary>A sample of the leaf; past its end one of those that come next, if they are known.</summary>
    private static int Index(in LeafSamples<float> samples, int s)
    {
        var past = s - samples.Indexes.Length;
        return past < 0 ? samples.Indexes[s] : past < samples.Upcoming.Length ? samples.Upcoming[past] : samples.Indexes[0];
    }

    /// <summary>Asks for samples that no backward pass asks for meanwhile.</summary>
    private void AskFor(nint* offsets, int first, int end)
    {
        if (!Sse.IsSupported) return;
        var bytes = _shape.Patches * _shape.Dim * sizeof(float);
        for (var s = first; s < end; s++)
        {
            var sample = (byte*)(_inputs + offsets[s]);
            for (var b = 0; b < bytes; b += CacheLine) Sse.Prefetch0(sample + b);
        }
    }

    /// <summary>Activations, their slopes, and the outputs of the group.</summary>
    private void ForwardGroup(float* w)
    {
        switch (_shape.Activation)
        {
            case Activation.Linear: Forward<ActivationVector.Linear>(w, _count); break;
            case Activation.Cubic: Forward<ActivationVector.Cubic>(w, _count); break;
            case Activation.Relu: Forward<ActivationVector.Relu>(w, _count); break;
            case Activation.Celu: Forward<ActivationVector.Celu>(w, _count); break;
            case Activation.Gelu: Forward<ActivationVector.Gelu>(w, _count); break;
            case Activation.Tanh: Forward<ActivationVector.Tanh>(w, _count); break;
            default: throw new InvalidOperationException($"No such activation: {_shape.Activation}.");
        }

        for (var s = 0; s < _count; s += Eight) Outputs8(s);
    }

    /// <summary>Outputs of eight samples: the sums of their filters' activations, in order. Where there are fewer, the others' are anything.</summary>
    private void Outputs8(int first)
    {
        var stride = _shape.Stride;
        var columns = _columns.Pointer;
        var a = _activations.Pointer + (first * stride);
        for (var f = 0; f < stride; f += Eight, a += Eight)
        {
            Transpose8.Store(
                Vector256.Load(a), Vector256.Load(a + stride), Vector256.Load(a + (2 * stride)), Vector256.Load(a + (3 * stride)),
                Vector256.Load(a + (4 * stride)), Vector256.Load(a + (5 * stride)), Vector256.Load(a + (6 * stride)), Vector256.Load(a + (7 * stride)), columns + (f * Eight));
        }

        var outputs = _outputs.Pointer + (first * _shape.Outputs);
        for (var c = 0; c < _shape.Outputs; c++, outputs += Eight)
        {
            var sum = Vector256<float>.Zero;
            for (var j = 0; j < _shape.FiltersPerOutput; j++, columns += Eight) sum += Vector256.Load(columns);
            var (lower, upper) = Vector256.Widen(sum);
            Vector512.Create(lower, upper).Store(outputs);
        }
    }

    private void Losses()
    {
        _hits = 0;
        for (var s = 0; s < _count; s += Eight)
        {
            var (outputs, labels) = (s * _shape.Outputs, Vector512.Load(_labels.Pointer + s));
            var gradients = _wideGradients.Pointer;
            var (loss, gateGradient, prediction) = GatedLossVector.Evaluate(
                _shape.Loss, _shape.Outputs, _outputs.Pointer + outputs, Vector512.Load(_gates.Pointer + s), labels, gradients, _lossScratch.Pointer);
            for (var c = 0; c < _shape.Outputs; c++) Narrow(Vector512.Load(gradients + (c * Eight))).Store(_outputGradients.Pointer + outputs + (c * Eight));
            loss.Store(_losses.Pointer + s);
            Narrow(gateGradient).Store(_gateGradients.Pointer + s);
            _hits |= (uint)Vector512.Equals(prediction, labels).ExtractMostSignificantBits() << s;
        }
    }

    private static Vector256<float> Narrow(Vector512<double> values) => Vector256.Narrow(values.GetLower(), values.GetUpper());

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
                // Four samples a tile, activated while what it has stored is near; the last tile may compute samples for nothing.
                for (; row + 8 <= rows; row += 16, activated += 4) Activations16<TFunction>(w + f, bias, row, f);
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

    /// <summary>Adds the gradients of a part of the group, row by row in sample and patch order.</summary>
    private void BackwardGroup(float* g, int first, int count, bool fromZero)
    {
        var (stride, end) = ((nint)_shape.Stride, first + count);
        for (var f = 0; f < _shape.Stride; f += Lanes)
        {
            ScaleSlopes(g + (_shape.Dim * stride) + f, first, end, f, fromZero);
            var k = 0;
            for (; k + 25 <= _shape.Dim; k += 25) AddGradient25(g + (k * stride) + f, k, first, end, f, fromZero);
            for (; k < _shape.Dim; k++) AddGradient1(g + (k * stride) + f, k, first, end, f, fromZero);
        }
    }

    /// <summary>
    /// dz = d loss / d output of the filter's class, times sigma's slope; in place of the slopes. Padding stays 0. Their sum is the
    /// biases' gradient.
    /// </summary>
    private void ScaleSlopes(float* biasGradient, int first, int end, int f, bool fromZero)
    {
        var (shape, stride) = (_shape, (nint)_shape.Stride);
        var (patches, outputs) = (shape.Patches, shape.Outputs);
        var firstClass = f / shape.FiltersPerOutput;
        var classes = Math.Min(outputs - 1, (f + Lanes - 1) / shape.FiltersPerOutput) - firstClass + 1;
        var sum = fromZero || !shape.Bias ? Vector512<float>.Zero : Vector512.Load(biasGradient);
        var slope = Slopes(first, f);
        for (var s = first; s < end; s++)
        {
            var ofSample = _outputGradients.Pointer + (s / Eight * Eight * outputs) + (firstClass * Eight) + (s % Eight);
            var mask = _classMasks.Pointer + f;
            var outputGradient = Vector512<float>.Zero;
            for (var c = 0; c < classes; c++, ofSample += Eight, mask += stride) outputGradient |= Vector512.Load(mask) & Vector512.Create(*ofSample);
            for (var p = 0; p < patches; p++, slope += stride)
            {
                var dz = outputGradient * Vector512.Load(slope);
                dz.Store(slope);
                sum += dz;
            }
        }

        if (shape.Bias) sum.Store(biasGradient);
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
