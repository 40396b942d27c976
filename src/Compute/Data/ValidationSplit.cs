using System.Numerics;
using MoeOrleans.Compute.Randomness;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// Holds samples out of the training samples of files. Which ones is a draw that depends on the two numbers of samples alone: runs with other
/// seeds are validated on the same samples.
/// </summary>
internal static class ValidationSplit
{
    private const long Seed = 0;

    /// <summary>The number of samples of a share; at least one of a share above 0.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    /// <param name="samples">Number of samples.</param>
    public static int Count(double share, int samples) => share == 0 ? 0 : Math.Max(1, (int)Math.Round(share * samples));

    /// <summary>Splits samples; both parts keep their order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="all">The samples.</param>
    /// <param name="count">How many are held out.</param>
    public static (Samples<T> Train, Samples<T> Validation) Of<T>(Samples<T> all, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isHeld = HeldOut(all.Count, count);
        return (Part(all, isHeld, false), Part(all, isHeld, true));
    }

    /// <summary>Which samples are held out: the first ones of a permutation (Fisher and Yates).</summary>
    private static bool[] HeldOut(int samples, int count)
    {
        var draws = new RandomSequence(Seed, DrawPurpose.ValidationSplit, 0);
        var order = Enumerable.Range(0, samples).ToArray();
        var isHeld = new bool[samples];
        for (var i = 0; i < count; i++)
        {
            var j = i + draws.NextIndex(samples - i);
            (order[i], order[j]) = (order[j], order[i]);
            isHeld[order[i]] = true;
        }

        return isHeld;
    }

    private static Samples<T> Part<T>(Samples<T> all, bool[] isHeld, bool held)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] chosen = [.. Enumerable.Range(0, all.Count).Where(i => isHeld[i] == held)];
        var length = all.Patches * all.Dim;
        var inputs = GC.AllocateUninitializedArray<T>(chosen.Length * length);
        for (var i = 0; i < chosen.Length; i++) all.Inputs.Span.Slice(chosen[i] * length, length).CopyTo(inputs.AsSpan(i * length));
        return new Samples<T>(all.Patches, all.Dim, all.Clusters, inputs, Array.ConvertAll(chosen, i => all.Labels[i]), Array.ConvertAll(chosen, i => all.Cluster[i]));
    }
}
