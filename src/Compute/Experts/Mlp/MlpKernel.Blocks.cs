using System.Runtime.Intrinsics;

namespace MoeOrleans.Compute.Experts.Mlp;

// Gradients over several blocks. A block's gradient is as long as the weights, and with a few samples each most of the time would go
// into writing and adding them. So a tile of the gradient is summed over all blocks, in the order of the reduction tree, before the next
// tile: the sums that are not added yet stay in the first-level cache.
internal sealed unsafe partial class MlpKernel
{
    /// <summary>Samples that are worked on together: several blocks, or a part of one.</summary>
    private readonly ref struct Chunk(int start, ReadOnlySpan<SubtreeBlock> blocks, bool adds)
    {
        /// <summary>The first sample.</summary>
        public int Start { get; } = start;

        /// <summary>Number of samples.</summary>
        public int Count => Blocks[^1].First + Blocks[^1].Count;

        /// <summary>The blocks.</summary>
        public ReadOnlySpan<SubtreeBlock> Blocks { get; } = blocks;

        /// <summary>Whether their gradients are added to what the gradient holds, which otherwise may be anything.</summary>
        public bool Adds { get; } = adds;
    }

    /// <summary>A tile of the gradient, as rows of vectors.</summary>
    private interface ITile
    {
        /// <summary>Number of rows.</summary>
        int Rows { get; }

        /// <summary>Floats of a row.</summary>
        int Width { get; }

        /// <summary>From a row to the next.</summary>
        int Stride { get; }

        /// <summary>to = from + the terms of some samples, as one ascending chain.</summary>
        void Add(int first, int count, float* from, float* to);
    }

    /// <inheritdoc/>
    public int SubtreeSamples => _chunk;

    /// <inheritdoc/>
    public void SumSubtree(
        ReadOnlySpan<float> weights, in BlockSamples<float> samples, ReadOnlySpan<SubtreeBlock> blocks, bool continues,
        Span<float> gradient, Span<float> gateGradients, Span<BlockResult> results)
    {
        foreach (ref readonly var block in blocks) results[block.Position] = default;
        fixed (float* w = weights, x = samples.Inputs, g = gradient)
        {
            if (!continues) TransposeOutputWeights(w);
            TrainChunk(w, x, samples, new Chunk(0, blocks, adds: false), g, gateGradients, results);
        }

        GC.KeepAlive(this);
    }

    private void TrainChunk(float* w, float* x, in BlockSamples<float> samples, in Chunk chunk, float* g, Span<float> gateGradients, Span<BlockResult> results)
    {
        Pack(x, samples.Indexes.Slice(chunk.Start, chunk.Count));
        ForwardChunk(w, chunk.Count);
        Losses(samples, chunk, gateGradients, results);
        BackwardChunk(g, chunk);
    }

    /// <summary>
    /// Sums a tile over the chunk's blocks. Sums that wait for their other half are a stack; the lowest is in the gradient itself.
    /// </summary>
    private void SumBlocks<TTile>(TTile tile, in Chunk chunk, float* g)
        where TTile : struct, ITile
    {
        var depth = 0;
        foreach (ref readonly var block in chunk.Blocks)
        {
            tile.Add(block.First, block.Count, depth == 0 && chunk.Adds ? g : Zeros, TileSum(depth, g));
            for (var joins = block.Joins; joins > 0; joins--, depth--) Join(tile, TileSum(depth - 1, g), TileSum(depth, g));
            depth++;
        }
    }

    private float* Zeros => _tileSums.Pointer;

    private float* TileSum(int depth, float* g) => depth == 0 ? g : _tileSums.Pointer + (depth * _tileSumLength);

    private static void Join<TTile>(TTile tile, float* left, float* right)
        where TTile : struct, ITile
    {
        for (var row = 0; row < tile.Rows; row++, left += tile.Stride, right += tile.Stride)
        {
            for (var c = 0; c < tile.Width; c += Lanes) (Vector512.Load(left + c) + Vector512.Load(right + c)).Store(left + c);
        }
    }

    private readonly struct Gradient8(MlpKernel kernel, float* x, float* d) : ITile
    {
        public int Rows => Tile;

        public int Width => Panel;

        public int Stride => Panel;

        public void Add(int first, int count, float* from, float* to) => kernel.AddGradient8(x, d, first, count, from, to);
    }

    private readonly struct Gradient1(MlpKernel kernel, float* x, float* d) : ITile
    {
        public int Rows => 1;

        public int Width => Panel;

        public int Stride => Panel;

        public void Add(int first, int count, float* from, float* to) => kernel.AddGradient1(x, d, first, count, from, to);
    }

    private readonly struct OutputGradient8(MlpKernel kernel, float* h, float* d) : ITile
    {
        public int Rows => Tile;

        public int Width => Lanes;

        public int Stride => kernel._shape.OutputStride;

        public void Add(int first, int count, float* from, float* to) =>
            kernel.AddOutputGradient8(h + (first * Panel), d + (first * kernel._shape.OutputStride), count, from, to);
    }

    private readonly struct OutputGradient1(MlpKernel kernel, float* h, float* d) : ITile
    {
        public int Rows => 1;

        public int Width => Lanes;

        public int Stride => Lanes;

        public void Add(int first, int count, float* from, float* to) =>
            kernel.AddOutputGradient1(h + (first * Panel), d + (first * kernel._shape.OutputStride), count, from, to);
    }

    private readonly struct RowSum(float* rows, nint stride) : ITile
    {
        public int Rows => 1;

        public int Width => Lanes;

        public int Stride => Lanes;

        public void Add(int first, int count, float* from, float* to) => AddRows(rows + (first * stride), stride, count, from, to);
    }
}
