namespace MoeOrleans.Compute.Metrics;

/// <summary>Counts the samples of each cluster at each expert.</summary>
/// <param name="clusters">Number of clusters K.</param>
/// <param name="experts">Number of experts M.</param>
internal sealed class DispatchCounts(int clusters, int experts)
{
    private readonly int[] _counts = new int[clusters * experts];

    /// <summary>Number of clusters K.</summary>
    public int Clusters => clusters;

    /// <summary>Number of experts M.</summary>
    public int Experts => experts;

    /// <summary>Samples of a cluster at an expert.</summary>
    public int this[int cluster, int expert]
    {
        get => _counts[(cluster * experts) + expert];
        set => _counts[(cluster * experts) + expert] = value;
    }

    /// <summary>The counts, clusters x experts.</summary>
    public ReadOnlySpan<int> Values => _counts;

    /// <summary>The counts, clusters x experts, for use across awaits.</summary>
    public ReadOnlyMemory<int> Memory => _counts;

    /// <summary>Samples at an expert.</summary>
    public int OfExpert(int expert)
    {
        var sum = 0;
        for (var k = 0; k < clusters; k++) sum += this[k, expert];
        return sum;
    }

    /// <summary>Samples at each expert.</summary>
    public int[] OfExperts() => [.. Enumerable.Range(0, experts).Select(OfExpert)];

    /// <summary>Counts routed samples.</summary>
    /// <param name="cluster">Cluster of each sample of the set.</param>
    /// <param name="indexes">The samples that were routed.</param>
    /// <param name="expert">The expert of each of them.</param>
    public void Count(ReadOnlySpan<int> cluster, ReadOnlySpan<int> indexes, ReadOnlySpan<int> expert)
    {
        var counts = _counts;
        for (var i = 0; i < indexes.Length; i++) counts[(cluster[indexes[i]] * experts) + expert[i]]++;
    }

    /// <summary>Adds other counts of the same shape.</summary>
    /// <param name="other">Clusters x experts.</param>
    public void Add(ReadOnlySpan<int> other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other[i];
    }

    /// <summary>
    /// Dispatch entropy (paper, section 5; natural logarithm): sum_m (n_m / n) H(n_m. / n_m). 0 if every expert serves one
    /// cluster, ln K without specialisation.
    /// </summary>
    public double Entropy()
    {
        var total = 0L;
        var sum = 0.0;
        for (var m = 0; m < experts; m++)
        {
            var atExpert = OfExpert(m);
            total += atExpert;
            for (var k = 0; k < clusters; k++)
            {
                var count = this[k, m];
                if (count > 0) sum -= count * Numerics.SpecialFunctions.Log((double)count / atExpert);
            }
        }

        return total == 0 ? 0 : sum / total;
    }

    /// <summary>Load imbalance: the busiest expert's samples over the mean; 1 is even, M is one expert for all.</summary>
    public double Imbalance()
    {
        var total = 0L;
        var busiest = 0;
        for (var m = 0; m < experts; m++)
        {
            total += OfExpert(m);
            busiest = Math.Max(busiest, OfExpert(m));
        }

        return total == 0 ? 0 : (double)busiest * experts / total;
    }

    /// <summary>Rows of the matrix, one for each cluster.</summary>
    public int[][] ToRows() => [.. Enumerable.Range(0, clusters).Select(k => _counts.AsSpan(k * experts, experts).ToArray())];
}
