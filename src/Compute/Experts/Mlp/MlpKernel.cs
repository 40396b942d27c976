using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MoeOrleans.Compute.Losses;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Compute.Experts.Mlp;

/// <summary>
/// The two-layer ReLU MLP with explicit vectors, as products of matrices in tiles of eight rows by two vectors that stay in
/// registers. Weights and gradients lie in panels of 32 hidden units, so they are never packed; only the samples are, once for
/// both passes; hidden values and their gradients are written straight into panels. The same bits as
/// <see cref="MlpReference{T}"/> at any vector width: a sum over inputs or samples is one ascending chain, wherever it is cut.
/// </summary>
// Public members end with GC.KeepAlive: without it the scratch space might be collected while a loop still has pointers into it.
internal sealed unsafe partial class MlpKernel : ISubtreeKernel<float>
{
    private const int Lanes = MlpShape.Lanes;
    private const int Panel = MlpShape.Panel;

    /// <summary>Samples of a tile: as many as the loss takes together.</summary>
    private const int Tile = GatedLossVector.Samples;

    private const int MaxChunk = 256;

    /// <summary>Samples and hidden values worked on at a time: most of a second-level cache, which on processors with narrower vectors is smaller.</summary>
    private static int ChunkBytes => Vector512.IsHardwareAccelerated ? 704 * 1024 : 352 * 1024;
    private const int FloatsPerCacheLine = 16;

    private readonly MlpShape _shape;
    private readonly int _chunk;
    private readonly int _tileLength;
    private readonly int _tileSumLength;
    private readonly AlignedBuffer<float> _samples;
    private readonly AlignedBuffer<float> _hidden;
    private readonly AlignedBuffer<float> _logits;
    private readonly AlignedBuffer<float> _transposed;
    private readonly AlignedBuffer<double> _outputs;
    private readonly AlignedBuffer<double> _outputGradients;
    private readonly AlignedBuffer<double> _lossScratch;
    private readonly AlignedBuffer<float> _tileSums;

    /// <summary>Makes an expert with scratch space for one thread.</summary>
    /// <param name="shape">Sizes and loss.</param>
    public MlpKernel(MlpShape shape)
    {
        _shape = shape;
        Parameters = shape.Parameters();
        _chunk = (int)Math.Clamp(ChunkBytes / sizeof(float) / ((long)shape.Inputs + (shape.Panels * Panel)) / Tile * Tile, Tile, MaxChunk);
        _tileLength = shape.Inputs * Tile;
        _samples = new(_chunk / Tile * _tileLength);
        _hidden = new(_chunk * shape.Panels * Panel);
        _logits = new(_chunk * shape.OutputStride);
        _transposed = new(shape.Outputs * shape.Panels * Panel);
        _outputs = new(Tile * shape.Outputs);
        _outputGradients = new(Tile * shape.Outputs);
        _lossScratch = new(2 * Tile * shape.Outputs);
        _tileSumLength = Tile * Math.Max(Panel, shape.OutputStride);
        _tileSums = new((SubtreeBlocks.MaxSums + 1) * _tileSumLength);
    }

    /// <inheritdoc/>
    public ParameterLayout Parameters { get; }

    /// <inheritdoc/>
    public int Outputs => _shape.Outputs;

    /// <inheritdoc/>
    public BlockResult Accumulate(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<float> gradient, Span<float> gateGradients) =>
        Accumulate(weights, samples, continues: false, adds: true, gradient, gateGradients);

    /// <inheritdoc/>
    public BlockResult Sum(ReadOnlySpan<float> weights, in BlockSamples<float> samples, in NextSamples<float> next, Span<float> gradient, Span<float> gateGradients) =>
        Accumulate(weights, samples, next.Continues, adds: false, gradient, gateGradients);

    private BlockResult Accumulate(ReadOnlySpan<float> weights, in BlockSamples<float> samples, bool continues, bool adds, Span<float> gradient, Span<float> gateGradients)
    {
        Span<BlockResult> result = [default];
        fixed (float* w = weights, x = samples.Inputs, g = gradient)
        {
            if (!continues) TransposeOutputWeights(w);
            for (int start = 0, size = ChunkSize(samples.Indexes.Length); start < samples.Indexes.Length; start += size)
            {
                var block = new SubtreeBlock(0, First: 0, Math.Min(size, samples.Indexes.Length - start), Joins: 0);
                TrainChunk(w, x, samples, new Chunk(start, [block], adds || start > 0), g, gateGradients, result);
            }
        }

        GC.KeepAlive(this);
        return result[0];
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<int> predictions)
    {
        fixed (float* w = weights, x = samples.Inputs)
        {
            for (int start = 0, size = ChunkSize(samples.Indexes.Length); start < samples.Indexes.Length; start += size)
            {
                var count = Math.Min(size, samples.Indexes.Length - start);
                Pack(x, samples.Indexes.Slice(start, count));
                ForwardChunk(w, count);
                for (var tile = 0; tile < count; tile += Tile)
                {
                    var present = Math.Min(Tile, count - tile);
                    WidenOutputs(tile);
                    var predicted = GatedLossVector.Predict(_shape.Outputs, _outputs.Pointer, Gates(samples, start + tile, present), _lossScratch.Pointer);
                    for (var s = 0; s < present; s++) predictions[start + tile + s] = (int)predicted[s];
                }
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, in BlockSamples<float> samples, Span<float> outputs)
    {
        fixed (float* w = weights, x = samples.Inputs)
        {
            for (int start = 0, size = ChunkSize(samples.Indexes.Length); start < samples.Indexes.Length; start += size)
            {
                var count = Math.Min(size, samples.Indexes.Length - start);
                Pack(x, samples.Indexes.Slice(start, count));
                ForwardChunk(w, count);
                for (var s = 0; s < count; s++) _logits.Span.Slice(s * _shape.OutputStride, Outputs).CopyTo(outputs[((start + s) * Outputs)..]);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<float> weights, ReadOnlySpan<float> sample, Span<float> outputs)
    {
        fixed (float* w = weights, x = sample)
        {
            Pack(x, [0]);
            ForwardChunk(w, 1);
            _logits.Span[.._shape.Outputs].CopyTo(outputs);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Chunks of about equal size: a small last one would read and write the whole gradient for few samples.</summary>
    private int ChunkSize(int samples)
    {
        var chunks = Math.Max(1, (samples + _chunk - 1) / _chunk);
        return Math.Max(Tile, (((samples + chunks - 1) / chunks) + Tile - 1) / Tile * Tile);
    }

    /// <summary>Samples as tiles of inputs x 8; the last one fills its tile, but counts once.</summary>
    private void Pack(float* x, ReadOnlySpan<int> indexes)
    {
        float** rows = stackalloc float*[Tile], next = stackalloc float*[Tile];
        for (var tile = 0; tile < indexes.Length; tile += Tile)
        {
            var present = Math.Min(Tile, indexes.Length - tile);
            var to = _samples.Pointer + ((nint)tile * _shape.Inputs);
            for (var s = 0; s < Tile; s++)
            {
                rows[s] = x + ((long)indexes[tile + Math.Min(s, present - 1)] * _shape.Inputs);
                next[s] = x + ((long)indexes[Math.Min(tile + Tile + s, indexes.Length - 1)] * _shape.Inputs);
            }

            var k = 0;
            for (; k + Tile <= _shape.Inputs; k += Tile, to += Tile * Tile)
            {
                Prefetch(next + (k / Tile % 2 * (Tile / 2)), k / FloatsPerCacheLine * FloatsPerCacheLine);
                Transpose8.Store(
                    Vector256.Load(rows[0] + k), Vector256.Load(rows[1] + k), Vector256.Load(rows[2] + k), Vector256.Load(rows[3] + k),
                    Vector256.Load(rows[4] + k), Vector256.Load(rows[5] + k), Vector256.Load(rows[6] + k), Vector256.Load(rows[7] + k), to);
            }

            for (; k < _shape.Inputs; k++)
            {
                for (var s = 0; s < Tile; s++) *to++ = rows[s][k];
            }
        }
    }

    /// <summary>Four rows of the next tile, half of it: a cache line has the inputs of two steps.</summary>
    private static void Prefetch(float** rows, int k)
    {
        if (!Sse.IsSupported) return;
        for (var s = 0; s < Tile / 2; s++) Sse.Prefetch0(rows[s] + k);
    }

    /// <summary>Hidden values in panels of chunk x 32, and the outputs.</summary>
    private void ForwardChunk(float* w, int count)
    {
        float* bias = w + Parameters.Tensors[1].Offset, outputWeights = w + Parameters.Tensors[2].Offset, outputBias = w + Parameters.Tensors[3].Offset;
        nint inputs = _shape.Inputs, stride = _shape.OutputStride;
        // Weights lie in the order of use: the tiles of a block share out the requests for the next block.
        var pace = (nint)(Panel * sizeof(float) / ((count + Tile - 1) / Tile));
        for (nint panel = 0; panel < _shape.Panels; panel++)
        {
            for (nint k = 0; k < inputs; k += InputBlock)
            {
                var block = Math.Min(InputBlock, inputs - k);
                var weights = w + (((panel * inputs) + k) * Panel);
                var ahead = (byte*)(weights + (block * Panel));
                for (nint s = 0; s < count; s += Tile, ahead += block * pace)
                {
                    var hidden = Hidden(panel, s);
                    var from = k == 0 ? bias + (panel * Panel) : hidden;
                    Hidden8(_samples.Pointer + (s * inputs) + (k * Tile), weights, block, from, k == 0 ? 0 : Panel, hidden, k + block == inputs, ahead, pace);
                }
            }
        }

        for (nint s = 0; s < count; s += Tile)
        {
            for (nint c = 0; c < stride; c += Lanes) Outputs8(s, outputWeights + c, outputBias + c, _logits.Pointer + (s * stride) + c);
        }
    }

    /// <summary>Losses of the chunk's samples, which are added to those of their blocks; the outputs are replaced by d loss / d output.</summary>
    private void Losses(in BlockSamples<float> samples, in Chunk chunk, Span<float> gateGradients, Span<BlockResult> results)
    {
        var (start, count) = (chunk.Start, chunk.Count);
        var blocks = chunk.Blocks;
        var b = 0;
        for (var tile = 0; tile < count; tile += Tile)
        {
            var present = Math.Min(Tile, count - tile);
            var (gates, labels) = (Gates(samples, start + tile, present), Vector512<double>.Zero);
            for (var s = 0; s < present; s++) labels = labels.WithElement(s, samples.Labels[samples.Indexes[start + tile + s]]);
            WidenOutputs(tile);
            var (losses, gateGradient, prediction) = GatedLossVector.Evaluate(
                _shape.Loss, _shape.Outputs, _outputs.Pointer, gates, labels, _outputGradients.Pointer, _lossScratch.Pointer);
            for (var s = 0; s < present; s++)
            {
                if (tile + s == blocks[b].First + blocks[b].Count) b++;
                ref var sum = ref results[blocks[b].Position];
                sum = new BlockResult(sum.Loss + losses[s], sum.Hits + (prediction[s] == labels[s] ? 1 : 0));
                gateGradients[start + tile + s] = (float)gateGradient[s];
            }

            var gradients = _logits.Pointer + (tile * _shape.OutputStride);
            for (var s = 0; s < Tile; s++, gradients += _shape.OutputStride)
            {
                for (var c = 0; c < _shape.Outputs; c++) gradients[c] = (float)_outputGradients.Pointer[(c * Tile) + s];
            }
        }
    }

    /// <summary>The chunk's gradients, panel by panel: hidden values are replaced by d loss / d pre-activation.</summary>
    private void BackwardChunk(float* g, in Chunk chunk)
    {
        float* bias = g + Parameters.Tensors[1].Offset, output = g + Parameters.Tensors[2].Offset, outputBias = g + Parameters.Tensors[3].Offset;
        nint inputs = _shape.Inputs, stride = _shape.OutputStride;
        for (nint c = 0; c < stride; c += Lanes) SumBlocks(new RowSum(_logits.Pointer + c, stride), chunk, outputBias + c);
        for (nint panel = 0; panel < _shape.Panels; panel++)
        {
            var hidden = Hidden(panel, 0);
            var units = Math.Min(Panel, _shape.Hidden - ((int)panel * Panel));
            AddOutputGradient(hidden, units, chunk, output + (panel * Panel * stride));
            for (nint s = 0; s < chunk.Count; s += 4) HiddenGradients4(panel, s);
            for (var v = 0; v < Panel; v += Lanes) SumBlocks(new RowSum(hidden + v, Panel), chunk, bias + (panel * Panel) + v);
            nint k = 0;
            var to = g + (panel * inputs * Panel);
            for (; k + Tile <= inputs; k += Tile) SumBlocks(new Gradient8(this, _samples.Pointer + (k * Tile), hidden), chunk, to + (k * Panel));
            for (; k < inputs; k++) SumBlocks(new Gradient1(this, _samples.Pointer + (k * Tile), hidden), chunk, to + (k * Panel));
        }
    }

    /// <summary>Output weights as outputs x hidden units, for the way back.</summary>
    private void TransposeOutputWeights(float* w)
    {
        var from = w + Parameters.Tensors[2].Offset;
        var width = (nint)_shape.Panels * Panel;
        for (nint j = 0; j < _shape.Hidden; j++, from += _shape.OutputStride)
        {
            for (nint c = 0; c < _shape.Outputs; c++) _transposed.Pointer[(c * width) + j] = from[c];
        }
    }

    /// <summary>Gates of a tile's samples, and 0 where there are fewer.</summary>
    private static Vector512<double> Gates(in BlockSamples<float> samples, int first, int present)
    {
        var gates = Vector512<double>.Zero;
        for (var s = 0; s < present; s++) gates = gates.WithElement(s, samples.Gates[first + s]);
        return gates;
    }

    private void WidenOutputs(int tile)
    {
        var from = _logits.Pointer + (tile * _shape.OutputStride);
        for (var s = 0; s < Tile; s++, from += _shape.OutputStride)
        {
            for (var c = 0; c < _shape.Outputs; c++) _outputs.Pointer[(c * Tile) + s] = from[c];
        }
    }

    private float* Hidden(nint panel, nint sample) => _hidden.Pointer + (((panel * _chunk) + sample) * Panel);
}
