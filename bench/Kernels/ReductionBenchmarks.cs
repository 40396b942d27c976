using BenchmarkDotNet.Attributes;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Kernels;

/// <summary>The reduction of 63 gradients to one: added one after the other, in the order of the tree, and by a fold of nodes that arrive.</summary>
[MemoryDiagnoser]
public class ReductionBenchmarks
{
    private const int Leaves = 63;

    private static readonly TreeNode s_root = new(ReductionTree.RootLevel(Leaves), 0);

    private readonly float[][] _leaves = new float[Leaves][];
    private readonly float[][] _owned = new float[Leaves][];
    private float[] _sum = [];
    private float[] _scratch = [];

    /// <summary>Elements of a gradient: an expert's, and a router's of 64 experts.</summary>
    [Params(816, 3200)]
    public int Length { get; set; }

    /// <summary>Fills the leaves.</summary>
    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Leaves; i++)
        {
            _leaves[i] = new float[Length];
            _owned[i] = new float[Length];
            Array.Fill(_leaves[i], 1f / (i + 1));
        }

        _sum = new float[Length];
        _scratch = new float[ReductionTree.ScratchLength<float>(s_root, Length)];
    }

    /// <summary>One after the other.</summary>
    [Benchmark(Baseline = true)]
    public float InSequence()
    {
        _leaves[0].CopyTo(_sum, 0);
        for (var i = 1; i < Leaves; i++) ReductionTree.Add<float>(_sum, _leaves[i]);
        return _sum[0];
    }

    /// <summary>The reduction tree, each leaf copied where it is wanted.</summary>
    [Benchmark]
    public float Tree()
    {
        var leaf = new Leaf(_leaves);
        ReductionTree.Evaluate(s_root, Leaves, ref leaf, _sum, _scratch);
        return _sum[0];
    }

    /// <summary>A fold, the last leaf first; each leaf copied, since a fold changes what it is given.</summary>
    [Benchmark]
    public float Fold()
    {
        var fold = new TreeFold<float>(Leaves);
        for (var i = Leaves - 1; i >= 0; i--)
        {
            _leaves[i].CopyTo(_owned[i], 0);
            fold.Add(new TreeNode(0, i), _owned[i]);
        }

        return fold.Root![0];
    }

    private readonly struct Leaf(float[][] leaves) : IReductionLeaf<float>
    {
        public bool Fills(TreeNode node) => false;

        public bool TryFill(TreeNode node, Span<float> result)
        {
            leaves[node.Index].CopyTo(result);
            return true;
        }

        public void ToParameterOrder(Span<float> sum)
        {
        }
    }
}
