using System.Security.Cryptography;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>Measures the steps of a run with actors.</summary>
internal static class BenchRun
{
    /// <summary>Runs the specification to its end and releases the run.</summary>
    /// <returns>The time of each of its steps, and the SHA-256 of its weights.</returns>
    public static async Task<(double[] Milliseconds, string Hash)> Measure(IGrainFactory grains, RunSpec run, Deployment deployment, double tracedShare = 0)
    {
        var (milliseconds, hash, _) = await MeasureWithSamples(grains, run, deployment, tracedShare);
        return (milliseconds, hash);
    }

    /// <summary>Runs the specification to its end and releases the run.</summary>
    /// <returns>In addition the samples that each expert got in all steps.</returns>
    public static async Task<(double[] Milliseconds, string Hash, long[] Samples)> MeasureWithSamples(IGrainFactory grains, RunSpec run, Deployment deployment, double tracedShare = 0)
    {
        // As long as the ids of other runs, which are part of every message.
        var runId = $"bench-{RandomNumberGenerator.GetHexString(15, lowercase: true)}";
        var coordinator = grains.GetGrain<ICoordinatorGrain>(runId);
        await coordinator.Start(new RunRequest(new RunContext(runId, RunSpecJson.Write(run)), deployment, TracedShare: tracedShare));
        var milliseconds = new List<double>();
        while (true)
        {
            // Rare calls that ask for no records: they must not disturb what is measured.
            var status = await coordinator.GetStatus(run.Training.Steps);
            if (status.Error is { } error) throw new InvalidOperationException(error);
            if (status.Summary is not { } summary)
            {
                await Task.Delay(25);
                continue;
            }

            while (milliseconds.Count < run.Training.Steps)
                milliseconds.AddRange((await coordinator.GetStatus(milliseconds.Count)).Records.Select(record => record.StepMilliseconds));
            var dispatch = await coordinator.GetDispatch();
            await coordinator.Release();
            return ([.. milliseconds], summary.WeightsSha256, [.. dispatch!.Experts.Select(expert => expert.Samples)]);
        }
    }
}
