using System.Diagnostics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// Measures the CPU time of a specification's kernels. CPU time, because other programs may use the cores meanwhile.
/// </summary>
internal sealed class KernelMeter
{
    private const int Rounds = 3;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(110);
    private static readonly TimeSpan s_measured = TimeSpan.FromMilliseconds(60);
    private readonly Dictionary<DataSpec, Dataset<float>> _data = [];

    /// <summary>Nanoseconds of kernels for the samples of one step.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="names">Names of the kernels.</param>
    public IReadOnlyList<double> Measure(RunSpec spec, IEnumerable<string> names)
    {
        if (!_data.TryGetValue(spec.Data, out var data)) _data[spec.Data] = data = Datasets.Load(spec.Data);
        using var wire = new WireRoundTrip(new float[ExpertKinds.Parameters(spec.Model, data.Train.Dim, data.Train.Patches).Length]);
        var kernels = new StepKernels(spec, data, wire).All.ToDictionary(kernel => kernel.Name, kernel => kernel.Work);
        return [.. names.Select(name => Measure(kernels[name]))];
    }

    // The best of some rounds: in the others the just-in-time compiler or other programs were at work. It compiles in the pauses.
    private static double Measure(Action work)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var mean = Repeat(work, s_warmUp);
            Thread.Sleep(s_pause);
            // Batches, because the system counts CPU time in microseconds.
            var batch = Math.Max(1, (int)(1e6 / mean));
            var times = new List<double>();
            var start = Stopwatch.GetTimestamp();
            while (times.Count < 5 || Stopwatch.GetElapsedTime(start) < s_measured)
            {
                var before = Environment.CpuUsage.TotalTime;
                for (var i = 0; i < batch; i++) work();
                times.Add((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / batch);
            }

            best = Math.Min(best, Spread.Of(times).Median);
        }

        return best;
    }

    /// <summary>Repeats for a while.</summary>
    /// <returns>Mean nanoseconds.</returns>
    private static double Repeat(Action work, TimeSpan least)
    {
        var (start, count) = (Stopwatch.GetTimestamp(), 0);
        do
        {
            work();
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < least || count < 3);

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }
}
