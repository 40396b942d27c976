using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Steps;

/// <summary>How many samples of each shard every expert got in one step: the coverage of its commits.</summary>
internal sealed class ShardSamples
{
    private readonly int _experts;
    // By shard, then expert.
    private readonly int[] _samples;

    /// <summary>A step of which no shard is routed.</summary>
    /// <param name="shards">The shards: all blocks of the minibatch in ascending order, without gaps.</param>
    /// <param name="experts">Number of experts.</param>
    /// <exception cref="ArgumentException">The shards have a gap, overlap, or there is none.</exception>
    public ShardSamples(ImmutableArray<BlockRange> shards, int experts)
    {
        if (shards.IsDefaultOrEmpty) throw new ArgumentException("A step needs a shard.", nameof(shards));
        var next = 0;
        foreach (var shard in shards)
        {
            // A gap would be work that no commit asks for, an overlap would count samples twice.
            if (!shard.IsValid || shard.Start != next) throw new ArgumentException($"The shard {shard} does not begin at block {next}.", nameof(shards));
            next = shard.End;
        }

        (Shards, _experts, _samples) = (shards, experts, new int[shards.Length * experts]);
    }

    /// <summary>The shards.</summary>
    public ImmutableArray<BlockRange> Shards { get; }

    /// <summary>Samples of a shard that an expert got; 0 until the shard is routed.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="expert">The expert.</param>
    public int this[int shard, int expert] => _samples[(shard * _experts) + expert];

    /// <summary>A shard is routed.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="samplesPerExpert">Samples that each expert got.</param>
    public void Set(int shard, ReadOnlySpan<int> samplesPerExpert) => samplesPerExpert.CopyTo(_samples.AsSpan(shard * _experts, _experts));

    /// <summary>What an expert must have to commit, in ascending order of blocks.</summary>
    /// <param name="expert">The expert.</param>
    public ImmutableArray<RangeSamples> Coverage(int expert)
    {
        var coverage = ImmutableArray.CreateBuilder<RangeSamples>(Shards.Length);
        for (var shard = 0; shard < Shards.Length; shard++)
        {
            if (this[shard, expert] is > 0 and var samples) coverage.Add(new(Shards[shard], samples));
        }

        return coverage.DrainToImmutable();
    }

    /// <summary>Whether a shard sent samples of one of these ranges to an expert.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="ranges">The ranges.</param>
    public bool SentAnyOf(int shard, int expert, ReadOnlySpan<BlockRange> ranges)
    {
        if (this[shard, expert] == 0) return false;
        foreach (var range in ranges)
        {
            if (range.Overlaps(Shards[shard])) return true;
        }

        return false;
    }
}
