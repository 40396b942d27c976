namespace MoeOrleans.Compute.Recording;

/// <summary>How samples wander between experts from one record of routing to the next.</summary>
/// <param name="experts">Number of experts.</param>
/// <param name="train">Number of training samples.</param>
internal sealed class RoutingMoves(int experts, int train)
{
    private const int Never = -1;

    private readonly int[] _first = Filled(train);
    private readonly int[] _last = Filled(train);
    private readonly List<StepMoves> _steps = [];

    /// <summary>Every recorded step.</summary>
    public IReadOnlyList<StepMoves> Steps => _steps;

    /// <summary>Adds a step; steps ascend.</summary>
    public void Add(RecordedStep step)
    {
        var (compared, changed, samples) = (0, 0, new int[experts]);
        for (var i = 0; i < step.Samples.Length; i++)
        {
            var (sample, expert) = (step.Samples[i], step.Experts[i]);
            samples[expert]++;
            if (_first[sample] == Never) _first[sample] = expert;
            else compared++;
            if (_last[sample] != Never && _last[sample] != expert) changed++;
            _last[sample] = expert;
        }

        _steps.Add(new StepMoves(step.Step, step.Samples.Length, compared, changed, samples));
    }

    /// <summary>Samples by their first expert and their last one: experts x experts.</summary>
    public int[][] Matrix() => Matrix(_ => true);

    /// <summary>The same for each cluster.</summary>
    /// <param name="cluster">Cluster of each sample.</param>
    /// <param name="clusters">Number of clusters.</param>
    public IReadOnlyList<int[][]> Matrices(int[] cluster, int clusters) => [.. Enumerable.Range(0, clusters).Select(k => Matrix(sample => cluster[sample] == k))];

    private int[][] Matrix(Func<int, bool> counts)
    {
        int[][] matrix = [.. Enumerable.Range(0, experts).Select(_ => new int[experts])];
        for (var i = 0; i < train; i++)
        {
            if (_first[i] != Never && counts(i)) matrix[_first[i]][_last[i]]++;
        }

        return matrix;
    }

    private static int[] Filled(int count)
    {
        var values = new int[count];
        Array.Fill(values, Never);
        return values;
    }
}

/// <summary>A recorded step compared with the records before it.</summary>
/// <param name="Step">The step.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="Compared">Those that an earlier record has.</param>
/// <param name="Changed">Those whose expert is another than in the last record that has them.</param>
/// <param name="ExpertSamples">Samples of each expert.</param>
internal sealed record StepMoves(long Step, int Samples, int Compared, int Changed, IReadOnlyList<int> ExpertSamples)
{
    /// <summary>Share of the compared samples that changed their expert; null if none can be compared.</summary>
    public double? ChangedShare => Compared == 0 ? null : (double)Changed / Compared;
}
