using System.Collections.Immutable;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using Orleans.Concurrency;

namespace MoeOrleans.Coordinator;

/// <summary>Drives one run: steps, aggregation, stop rule, evaluation, summary. Key: run id.</summary>
[Alias("moe.ICoordinatorGrain.v1")]
internal interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>Starts the run and returns at once. Starting it again changes nothing.</summary>
    /// <param name="request">Specification and deployment.</param>
    [Alias("Start")]
    Task Start(RunRequest request);

    /// <summary>The phase of the run, its steps and its outcome.</summary>
    /// <param name="firstRecord">The first step record wanted.</param>
    [AlwaysInterleave, Alias("GetStatus")]
    Task<RunStatus> GetStatus(int firstRecord);

    /// <summary>What the steps of the run do; null if there is no run.</summary>
    [AlwaysInterleave, Alias("GetDispatch")]
    Task<DispatchStatus?> GetDispatch();

    /// <summary>What the run was started with; null if it was not started.</summary>
    [AlwaysInterleave, Alias("GetRequest")]
    Task<RunRequest?> GetRequest();

    /// <summary>Ends the run after the step in progress: it is evaluated like any other.</summary>
    [AlwaysInterleave, Alias("Stop")]
    Task Stop();

    /// <summary>A piece of the final weights of a run whose training has ended, or of the weights of the smallest loss.</summary>
    /// <param name="best">Whether those of the smallest loss are wanted.</param>
    /// <param name="expert">The expert; null for the router.</param>
    /// <param name="first">The first element wanted.</param>
    /// <returns>At most <see cref="TensorPiece.MaxElements"/> elements; null if the specification does not ask for the weights of the smallest loss.</returns>
    [AlwaysInterleave, Alias("GetWeightsPiece")]
    Task<WireTensor<float>?> GetWeights(bool best, int? expert, int first);

    /// <summary>Whether the run is done and its summary and weights can be fetched.</summary>
    [AlwaysInterleave, Alias("HasResult")]
    Task<bool> HasResult();

    /// <summary>The products recorded over training.</summary>
    [AlwaysInterleave, Alias("GetProducts")]
    Task<ImmutableArray<ProductsRecord>> GetProducts();

    /// <summary>The experts' load over training.</summary>
    [AlwaysInterleave, Alias("GetLoads")]
    Task<ImmutableArray<LoadRecord>> GetLoads();

    /// <summary>A piece of the recorded routing. Earlier records are dropped: the caller has them.</summary>
    /// <param name="record">Number of the record, from 0.</param>
    /// <param name="first">The first position wanted.</param>
    /// <returns>The piece; null if there is no such record yet, or no run.</returns>
    [AlwaysInterleave, Alias("GetRouting")]
    Task<RecordedRouting?> GetRouting(int record, int first);

    /// <summary>
    /// Moves the coordinator to another silo if its own is about to leave. A run in progress pauses after its step and resumes there.
    /// Returns at once.
    /// </summary>
    [AlwaysInterleave, Alias("Move")]
    Task Move();

    /// <summary>Whether a run in progress has grains on a silo, or may still call some there.</summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Uses")]
    Task<bool> HostsGrainsOn(string silo);

    /// <summary>Cancels the run if it is in progress, and deactivates all its grains.</summary>
    [Alias("Release")]
    Task Release();
}
