using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Tests.Reduction;

/// <summary>Leaves of widely different magnitudes, so that sums in another order have other bits; some of them absent.</summary>
internal sealed class ScaledValues : IReductionLeaf<float>
{
    public const int Length = 3;
    private readonly float[]?[] _leaves;

    public ScaledValues(int blocks, double absent, int seed)
    {
        var random = new Random(seed);
        _leaves = [.. Enumerable.Range(0, blocks).Select(_ => random.NextDouble() < absent ? null : Enumerable.Range(0, Length).Select(_ => Value(random)).ToArray())];
    }

    public int Blocks => _leaves.Length;

    /// <summary>What the tree is meant to be, level by level and without recursion: an absent half leaves the other as it is.</summary>
    public float[]? PairwiseSum()
    {
        var level = _leaves.Select(leaf => leaf?.ToArray()).ToList();
        while (level.Count > 1)
        {
            if (level.Count % 2 == 1) level.Add(null);
            level = [.. level.Chunk(2).Select(pair => pair is [{ } left, { } right] ? left.Zip(right, (a, b) => a + b).ToArray() : pair[0] ?? pair[1])];
        }

        return level[0];
    }

    public float[] PlainSum() => _leaves.OfType<float[]>().Aggregate(new float[Length], (sum, leaf) => [.. sum.Zip(leaf, (a, b) => a + b)]);

    /// <summary>The value of a node alone, computed in dirty memory.</summary>
    public float[]? Evaluate(TreeNode node)
    {
        var result = Enumerable.Repeat(float.NaN, Length).ToArray();
        var scratch = Enumerable.Repeat(float.NaN, ReductionTree.ScratchLength<float>(node, Length)).ToArray();
        var leaf = this;
        return ReductionTree.Evaluate(node, Blocks, ref leaf, result, scratch) ? result : null;
    }

    public bool Fills(TreeNode node) => false;

    public bool TryFill(TreeNode node, Span<float> result)
    {
        if (_leaves[node.Index] is not { } leaf) return false;
        leaf.CopyTo(result);
        return true;
    }

    public void ToParameterOrder(Span<float> sum)
    {
    }

    private static float Value(Random random) => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-20, 20)));
}
