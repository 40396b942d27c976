using System.Diagnostics;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench;

/// <summary>Measures each kernel of a step on one thread, and the machine's peak before each kernel.</summary>
internal static class KernelBench
{
    private const int PeakIterations = 400_000;
    private const int WarmUp = 20;
    private const int Repetitions = 3;

    /// <param name="experts">Numbers of experts.</param>
    /// <param name="specs">The specification for a number of experts.</param>
    /// <param name="data">The samples.</param>
    /// <param name="rounds">Rounds, in each of which every kernel is measured three times.</param>
    /// <param name="progress">Receives a line before the measurement.</param>
    public static IReadOnlyList<KernelRow> Measure(IReadOnlyList<int> experts, Func<int, RunSpec> specs, Dataset<float> data, int rounds, Action<string> progress)
    {
        using var wire = new WireRoundTrip(new float[ExpertKinds.Parameters(specs(experts[0]).Model, data.Train.Dim, data.Train.Patches).Length]);
        var kernels = experts.SelectMany(count => new StepKernels(specs(count), data, wire).All).ToArray();
        progress($"kernels: {rounds} rounds of {kernels.Length} kernels");
        var times = kernels.Select(_ => new List<double>()).ToArray();
        var shares = kernels.Select(_ => new List<double>()).ToArray();
        // The JIT compiles the kernels during the warm-up rounds.
        for (var round = -WarmUp; round < rounds; round++)
        {
            for (var k = 0; k < kernels.Length; k++)
            {
                var peak = PeakMeter.Gflops(PeakIterations);
                // A call before those that count: in a run a step follows a step, so that the caches are warm.
                kernels[k].Work();
                for (var repetition = 0; repetition < Repetitions; repetition++)
                {
                    var start = Stopwatch.GetTimestamp();
                    kernels[k].Work();
                    var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    if (round < 0) continue;
                    times[k].Add(milliseconds);
                    shares[k].Add(kernels[k].Operations / milliseconds / 1e6 / peak);
                }
            }
        }

        return [.. kernels.Select((kernel, k) =>
        {
            var spread = Spread.Of(times[k]);
            return new KernelRow(
                kernel.Name, kernel.Experts, spread,
                kernel.Operations > 0 ? kernel.Operations / spread.Median / 1e6 : null,
                kernel.Operations > 0 ? Spread.Of(shares[k]) : null,
                kernel.Bytes > 0 ? kernel.Bytes / spread.Median / 1e6 : null);
        })];
    }
}
