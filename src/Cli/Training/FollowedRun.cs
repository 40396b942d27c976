using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Training;

/// <summary>A run that is started on this process's silo and followed to its end; it waits for no other.</summary>
/// <param name="spec">What is run.</param>
/// <param name="deployment">How it is spread.</param>
/// <param name="productsInterval">Steps between records of the products; 0 for none.</param>
/// <param name="interrupted">Asks the run to end after its step.</param>
internal sealed class FollowedRun(RunSpec spec, Deployment deployment, int productsInterval, CancellationToken interrupted)
{
    /// <summary>Runs and tells how far it is; its grains are released in the end.</summary>
    /// <exception cref="OperationCanceledException">Interrupted before the run was started.</exception>
    public async Task<RunResult> Run(IGrainFactory grains, Action<RunProgress> report)
    {
        interrupted.ThrowIfCancellationRequested();
        var request = RequestedRun.Of(spec, deployment, productsInterval);
        var coordinator = grains.GetGrain<ICoordinatorGrain>(request.Run.RunId);
        await coordinator.Start(request);
        try
        {
            return await new RunFollower(request.Run.RunId, coordinator, request).Follow(report, coordinator.Stop, interrupted);
        }
        finally
        {
            await coordinator.Release();
        }
    }
}
