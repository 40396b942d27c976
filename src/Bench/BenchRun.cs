using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench;

/// <summary>A run that is measured.</summary>
internal static class BenchRun
{
    /// <summary>Does a run and drops it.</summary>
    /// <param name="grains">Where.</param>
    /// <param name="run">What.</param>
    /// <param name="deployment">How it is spread.</param>
    /// <returns>The time of each of its steps, and the SHA-256 of its weights.</returns>
    public static async Task<(double[] Milliseconds, string Hash)> Do(IGrainFactory grains, RunSpec run, Deployment deployment)
    {
        var runId = $"bench-{Guid.NewGuid():N}";
        var coordinator = grains.GetGrain<ICoordinatorGrain>(runId);
        await coordinator.Start(new RunRequest(new RunContext(runId, RunSpecJson.Write(run)), deployment));
        var milliseconds = new List<double>();
        while (true)
        {
            // Asking seldom, and after all steps' records only: what is measured should not be disturbed.
            var status = await coordinator.GetStatus(run.Training.Steps);
            if (status.Error is { } error) throw new InvalidOperationException(error);
            if (status.Summary is not { } summary)
            {
                await Task.Delay(25);
                continue;
            }

            while (milliseconds.Count < run.Training.Steps)
                milliseconds.AddRange((await coordinator.GetStatus(milliseconds.Count)).Records.Select(record => record.StepMilliseconds));
            await coordinator.Release();
            return ([.. milliseconds], summary.WeightsSha256);
        }
    }
}
