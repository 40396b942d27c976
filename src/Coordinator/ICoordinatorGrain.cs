using System.Collections.Immutable;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;
using Orleans.Concurrency;

namespace MoeOrleans.Coordinator;

/// <summary>Drives one run: steps, aggregation, stop rule, evaluation, summary. Key: run id.</summary>
[Alias("moe.ICoordinatorGrain.v1")]
public interface ICoordinatorGrain : IGrainWithStringKey
{
    /// <summary>How long an answer of gigabytes may take.</summary>
    private const string LargeAnswer = "00:05:00";

    /// <summary>Starts the run and returns at once; a run that was started is left alone.</summary>
    /// <param name="request">Specification and deployment.</param>
    [Alias("Start")]
    Task Start(RunRequest request);

    /// <summary>How far the run is.</summary>
    /// <param name="firstRecord">The first step record wanted.</param>
    [AlwaysInterleave, Alias("GetStatus")]
    Task<RunStatus> GetStatus(int firstRecord);

    /// <summary>What the run was started with; null where it was not.</summary>
    [AlwaysInterleave, Alias("GetRequest")]
    Task<RunRequest?> GetRequest();

    /// <summary>Ends the run after the step in progress, with what is done.</summary>
    [AlwaysInterleave, Alias("Stop")]
    Task Stop();

    /// <summary>The final weights of a run that is done.</summary>
    [AlwaysInterleave, Alias("GetWeights"), ResponseTimeout(LargeAnswer)]
    Task<WeightsReply> GetWeights();

    /// <summary>The weights of the smallest loss of a run that is done; null where the specification does not keep them.</summary>
    [AlwaysInterleave, Alias("GetBestWeights"), ResponseTimeout(LargeAnswer)]
    Task<WeightsReply?> GetBestWeights();

    /// <summary>The products recorded over training.</summary>
    [AlwaysInterleave, Alias("GetProducts")]
    Task<ImmutableArray<ProductsRecord>> GetProducts();

    /// <summary>
    /// Where its silo is about to leave, the coordinator goes to another with all it knows, and with a run in progress after the step.
    /// Returns at once.
    /// </summary>
    [AlwaysInterleave, Alias("Move")]
    Task Move();

    /// <summary>Whether a run in progress has grains on a silo, or may still call some there.</summary>
    /// <param name="silo">Name of the silo.</param>
    [AlwaysInterleave, Alias("Uses")]
    Task<bool> HostsGrainsOn(string silo);

    /// <summary>Releases the run's grains.</summary>
    [Alias("Release")]
    Task Release();
}
