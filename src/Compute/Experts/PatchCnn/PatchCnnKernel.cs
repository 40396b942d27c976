using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Experts.PatchCnn;

/// <summary>
/// The patch CNN with explicit vectors: sixteen filters a vector, sixteen samples a group, forward, loss and backward fused so
/// that a sample is read once from memory, where it lies. The forward pass is one group ahead of the backward pass, so that its
/// tiles hide the latency of the losses in between. Neither it nor the losses know a leaf, so a group may be of several; the
/// backward pass follows leaf by leaf. The same bits as <see cref="PatchCnnReference{T}"/> at any vector width.
/// </summary>
// Public members end with GC.KeepAlive: without it the scratch space might be collected while a loop still has pointers into it.
internal sealed unsafe partial class PatchCnnKernel : IBlockKernel<float>
{
    private const int Lanes = PatchCnnShape.Lanes;
    private const int Eight = GatedLossVector.Samples;
    private const int CacheLine = 64;

    private readonly PatchCnnShape _shape;

    // Compiled for the shape's activation.
    private readonly ForwardPass _forwardGroup;

    // Elements of a patch in whole vectors that are lanes of the backward pass, and how many of the others have their gradients computed beside those.
    private readonly int _wholeDim;
    private readonly int _beside;
    private readonly AlignedBuffer<float> _weights;
    // A gradient as it was before it is transposed.
    private readonly AlignedBuffer<float> _untransposed;

    // The group whose backward pass is next; the one after it, which has had its forward pass; and the one whose samples are
    // prefetched meanwhile.
    private SampleGroup _group;
    private SampleGroup _next;
    private SampleGroup _afterNext;

    // Samples of the group that have had their backward pass.
    private int _used;
    private float* _inputs;

    /// <summary>Makes an expert with scratch space for one thread.</summary>
    /// <param name="shape">Sizes, activation and loss.</param>
    public PatchCnnKernel(PatchCnnShape shape)
    {
        _shape = shape;
        _forwardGroup = shape.Activation.Specialise(new ForwardPassOf(this));
        Parameters = shape.Parameters();
        _wholeDim = Vector512.IsHardwareAccelerated ? shape.Dim / Lanes * Lanes : 0;
        _beside = _wholeDim >= WideTile ? Math.Min(2, shape.Dim - _wholeDim) : 0;
        _weights = new(Parameters.Length);
        _untransposed = new(checked(_wholeDim * shape.Stride));
        var masks = ClassMasks(shape);
        (_group, _next, _afterNext) = (new SampleGroup(shape, masks), new SampleGroup(shape, masks), new SampleGroup(shape, masks));
    }

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; }

    /// <inheritdoc/>
    public int Outputs => _shape.Outputs;

    /// <inheritdoc/>
    public BlockResult Accumulate(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<float> gradient, Span<float> gateGradients)
    {
        ToKernelOrder(gradient);
        var result = Accumulate(weights, samples, default, gradient, gateGradients, false);
        ToParameterOrder(gradient);
        return result;
    }

    /// <inheritdoc/>
    public BlockResult Sum(ReadOnlySpan<float> weights, in BlockSamples<float> samples, in NextSamples<float> next, Span<float> gradient, Span<float> gateGradients)
    {
        if (samples.Indexes.Length == 0) gradient.Clear();
        return Accumulate(weights, samples, next, gradient, gateGradients, true);
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<int> predictions)
    {
        Restart(weights);
        fixed (float* x = samples.Inputs)
        {
            _inputs = x;
            for (var start = 0; start < samples.Indexes.Length; start += _group.Count)
            {
                _group.Take(samples, default, start);
                _forwardGroup(_group, null);
                _group.Predict(predictions[start..]);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<float> outputs)
    {
        Restart(weights);
        fixed (float* x = samples.Inputs)
        {
            _inputs = x;
            for (var start = 0; start < samples.Indexes.Length; start += _group.Count)
            {
                _group.Take(samples, default, start);
                _forwardGroup(_group, null);
                _group.CopyOutputs(outputs[(start * Outputs)..]);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, ReadOnlySpan<float> sample, Span<float> outputs)
    {
        Restart(weights);
        fixed (float* x = sample)
        {
            _inputs = x;
            _group.Take(new([], [0], [0], [0]), default, 0);
            _forwardGroup(_group, null);
            _group.CopyOutputs(outputs);
        }

        GC.KeepAlive(this);
    }

    private BlockResult Accumulate(
        ReadOnlySpan<float> weights, in BlockSamples<float> samples, in NextSamples<float> next, Span<float> gradient, Span<float> gateGradients, bool fromZero)
    {
        if (!next.Continues) Restart(weights);
        if (samples.Indexes.Length == 0) return default;
        var (loss, hits) = (0.0, 0);
        fixed (float* x = samples.Inputs, g = gradient)
        {
            _inputs = x;
            for (var done = 0; done < samples.Indexes.Length;)
            {
                if (_used == _group.Count) NextGroup(samples, next, done);
                var count = Math.Min(_group.Count - _used, samples.Indexes.Length - done);
                (loss, var right) = _group.Outcome(_used, count, loss, gateGradients[done..]);
                hits += right;
                BackwardGroup(g, _used, count, fromZero && done == 0);
                _used += count;
                done += count;
            }
        }

        GC.KeepAlive(this);
        return new BlockResult(loss, hits);
    }

    /// <summary>
    /// Other samples, or other weights: what was computed ahead is dropped. The weights are copied to where no vector of them
    /// lies across two cache lines, which is worth 2 percent.
    /// </summary>
    private void Restart(ReadOnlySpan<float> weights)
    {
        weights.CopyTo(_weights.Span);
        _group.Clear();
        _next.Clear();
        _afterNext.Clear();
        _used = 0;
    }

    /// <summary>Goes on to the group that is ahead: the next one's forward pass, and meanwhile the losses of this one.</summary>
    private void NextGroup(in BlockSamples<float> samples, in NextSamples<float> next, int start)
    {
        (_group, _next, _afterNext, _used) = (_next, _afterNext, _group, 0);
        if (_group.Count == 0)
        {
            // No call before has prefetched these.
            _group.Take(samples, next, start);
            Prefetch(_group);
            _next.Take(samples, next, start + _group.Count);
            Prefetch(_next);
            _forwardGroup(_group, null);
        }

        _afterNext.Take(samples, next, start + _group.Count + _next.Count);
        _forwardGroup(_next, _group);
        _group.FinishLosses();
    }

    /// <summary>Prefetches samples that no backward pass has prefetched.</summary>
    private void Prefetch(SampleGroup group)
    {
        if (!Sse.IsSupported) return;
        var bytes = _shape.Patches * _shape.Dim * sizeof(float);
        for (var s = 0; s < group.Count; s++)
        {
            var sample = (byte*)(_inputs + group.Offsets[s]);
            for (var b = 0; b < bytes; b += CacheLine) Sse.Prefetch0(sample + b);
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
