using CsCheck;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Tests.Reduction;

public sealed class TreeFoldTests
{
    // Blocks, share of absent leaves, seed of the values, seed of cuts and arrival.
    private static readonly Gen<(int Blocks, double Absent, int Values, int Order)> Cases =
        Gen.Select(Gen.Int[1, 200], Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 1], Gen.Const(1.0)), Gen.Int, Gen.Int);

    [Fact]
    public void Any_cut_joined_in_any_order_gives_the_bits_of_the_root() => Cases.Sample(
        c =>
        {
            var values = new ScaledValues(c.Blocks, c.Absent, c.Values);
            var random = new Random(c.Order);
            var chance = random.NextDouble() * random.NextDouble();
            int[] cuts = [0, .. Enumerable.Range(1, c.Blocks - 1).Where(_ => random.NextDouble() < chance), c.Blocks];
            var nodes = cuts.Zip(cuts.Skip(1), (start, end) => ReductionTree.Cover(new BlockRange(start, end - start), c.Blocks)).SelectMany(cover => cover).ToArray();
            random.Shuffle(nodes);

            var fold = new TreeFold<float>(c.Blocks);
            foreach (var node in nodes)
            {
                fold.IsComplete.ShouldBeFalse();
                fold.Add(node, values.Evaluate(node));
            }

            ShouldBeTheRoot(fold, values);
        },
        iter: 2000, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Shards_evaluated_by_several_threads_give_the_bits_of_the_root(int threads)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var values = new ScaledValues(37 + (7 * seed), 0.2, seed);
            var fold = new TreeFold<float>(values.Blocks);
            var nodes = new Queue<TreeNode>(ShardCut.Cut(values.Blocks, 5).SelectMany(range => ReductionTree.Cover(range, values.Blocks)));
            var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToList();
            workers.ForEach(worker => worker.Start());
            workers.ForEach(worker => worker.Join());
            ShouldBeTheRoot(fold, values);

            void Work()
            {
                while (true)
                {
                    TreeNode node;
                    lock (nodes)
                    {
                        if (!nodes.TryDequeue(out node)) return;
                    }

                    var value = values.Evaluate(node);
                    lock (fold) fold.Add(node, value);
                }
            }
        }
    }

    [Fact]
    public void Arrays_that_are_needed_no_longer_are_handed_back_once_each()
    {
        var values = new ScaledValues(13, 0.3, 1);
        var fold = new TreeFold<float>(13);
        var (added, spent) = (new List<float[]>(), new List<float[]>());
        for (var block = 12; block >= 0; block--)
        {
            var value = values.Evaluate(new TreeNode(0, block));
            if (value is not null) added.Add(value);
            fold.Add(new TreeNode(0, block), value, spent.Add);
        }

        spent.ShouldBeUnique();
        spent.Append(fold.Root!).ShouldBe(added, ignoreOrder: true);
    }

    [Fact]
    public void A_waiting_node_is_refused_a_second_time()
    {
        var fold = new TreeFold<float>(8);
        fold.Add(new TreeNode(1, 2), [1]);
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(1, 2), [1])).Message
            .ShouldStartWith("node (1, 2) was added before or lies outside the 8 blocks.");
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(1, 2), null));
    }

    [Fact]
    public void A_node_that_was_joined_already_is_refused_a_second_time()
    {
        var fold = new TreeFold<float>(8);
        fold.Add(new TreeNode(0, 0), [1]);
        fold.Add(new TreeNode(0, 1), [1]);
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(0, 0), [1]));
        fold.Add(new TreeNode(1, 1), null);
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(0, 1), null));
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(1, 0), [1]));
    }

    [Fact]
    public void A_node_below_one_that_was_added_is_refused()
    {
        var fold = new TreeFold<float>(8);
        fold.Add(new TreeNode(2, 1), [1]);
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(0, 5), [1]));
        fold.Add(new TreeNode(2, 0), [2]);
        fold.Root.ShouldBe([3]);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 3)]
    [InlineData(4, 0)]
    public void A_node_outside_the_tree_is_refused(int level, int index) =>
        Should.Throw<ArgumentException>(() => new TreeFold<float>(5).Add(new TreeNode(level, index), [1]));

    [Fact]
    public void Nothing_can_be_added_to_a_complete_fold()
    {
        var fold = new TreeFold<float>(3);
        fold.Add(new TreeNode(2, 0), [1]);
        fold.IsComplete.ShouldBeTrue();
        Should.Throw<ArgumentException>(() => fold.Add(new TreeNode(2, 0), [1]));
    }

    private static void ShouldBeTheRoot(TreeFold<float> fold, ScaledValues values)
    {
        fold.IsComplete.ShouldBeTrue();
        var expected = values.Evaluate(new TreeNode(ReductionTree.RootLevel(values.Blocks), 0));
        if (expected is null) fold.Root.ShouldBeNull();
        else fold.Root.ShouldNotBeNull().ShouldHaveTheBitsOf<float>(expected, "root");
    }
}
