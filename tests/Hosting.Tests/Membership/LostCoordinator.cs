using System.Collections.Immutable;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests.Membership;

/// <summary>What answers for a run whose coordinator was lost: a fresh activation, which knows of no run.</summary>
internal sealed class LostCoordinator : ICoordinatorGrain
{
    public Task<RunStatus> GetStatus(int firstRecord) => Task.FromResult(new RunStatus(RunPhase.Unknown, 0, [], null, null));

    public Task Start(RunRequest request) => throw new NotSupportedException();

    public Task<DispatchStatus?> GetDispatch() => throw new NotSupportedException();

    public Task<RunRequest?> GetRequest() => throw new NotSupportedException();

    public Task Stop() => throw new NotSupportedException();

    public Task<WireTensor<float>?> GetWeights(bool best, int? expert, int first) => throw new NotSupportedException();

    public Task<bool> HasResult() => throw new NotSupportedException();

    public Task<ImmutableArray<LoadRecord>> GetLoads() => throw new NotSupportedException();

    public Task<ImmutableArray<ProductsRecord>> GetProducts() => throw new NotSupportedException();

    public Task<RecordedRouting?> GetRouting(int record, int first) => throw new NotSupportedException();

    public Task Move() => throw new NotSupportedException();

    public Task<bool> HostsGrainsOn(string silo) => throw new NotSupportedException();

    public Task Release() => throw new NotSupportedException();
}
