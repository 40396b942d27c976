using System.Security.Cryptography;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Training;

/// <summary>
/// Starts runs and finds them again, in a cluster or on a silo of the same process. One run of a cluster is trained at a time, the others
/// wait in a queue.
/// </summary>
public sealed class TrainingClient : IAsyncDisposable
{
    private readonly IGrainFactory _grains;
    private readonly ClusterCalls _calls;
    private readonly TimeProvider _time;
    private readonly ClusterClient? _connection;

    /// <summary>Uses the grains of a silo or an Orleans client that the caller owns.</summary>
    /// <param name="grains">The grain factory, from the services of a host with <see cref="Silos.SiloBuilderExtensions.AddMoeOrleans"/>.</param>
    /// <param name="time">The clock for pauses and timeouts; null for the system's.</param>
    public TrainingClient(IGrainFactory grains, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        (_grains, _time) = (grains, time ?? TimeProvider.System);
        _calls = new ClusterCalls(_time);
    }

    private TrainingClient(ClusterClient connection, Action<string>? waiting)
    {
        (_grains, _time, _connection) = (connection.Grains, TimeProvider.System, connection);
        _calls = new ClusterCalls(_time, connection.Gateways, waiting);
    }

    /// <summary>Share of the steps that are traced unless another one is given: one of a hundred.</summary>
    internal const double DefaultTracedShare = 0.01;

    /// <summary>Where grains are found.</summary>
    internal IGrainFactory Grains => _grains;

    private IRunQueueGrain Queue => _grains.GetGrain<IRunQueueGrain>(0);

    /// <summary>Connects to a running cluster; disposing the client closes the connection.</summary>
    /// <param name="address">
    /// <c>HOST:PORT</c> of a silo's gateway, or <c>redis://HOST:PORT</c> of the Redis that lists the silos; followed by <c>/CLUSTERID</c>
    /// unless the cluster is <c>moe</c>.
    /// </param>
    /// <exception cref="ConfigurationException">The address is malformed, no silo of the cluster answers, or one has another version.</exception>
    public static async Task<TrainingClient> Connect(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return await Connect(ClusterAddress.Parse(address, nameof(address)), waiting: null);
    }

    /// <summary>Connects to a running cluster by mutual TLS; disposing the client closes the connection.</summary>
    /// <param name="address">
    /// <c>HOST:PORT</c> of a silo's gateway, or <c>redis://HOST:PORT</c> of the Redis that lists the silos; followed by <c>/CLUSTERID</c>
    /// unless the cluster is <c>moe</c>.
    /// </param>
    /// <param name="tlsFolder">
    /// Folder with <c>tls.crt</c>, whose DNS name is <c>moe-client</c>, its key <c>tls.key</c>, and the authorities <c>ca.crt</c>, in PEM.
    /// New connections use the files as they then are.
    /// </param>
    /// <exception cref="ConfigurationException">
    /// The address is malformed, a file cannot be used, no silo of the cluster answers, or one refuses this program or has another version.
    /// </exception>
    public static async Task<TrainingClient> Connect(string address, string tlsFolder)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(tlsFolder);
        var tls = TlsFolder.Open(tlsFolder, TlsRole.Client, TimeProvider.System, nameof(tlsFolder));
        return await Connect(ClusterAddress.Parse(address, nameof(address)) with { Tls = tls }, waiting: null);
    }

    /// <summary>Gives a run to the cluster. It begins at once, or when the runs before it have ended.</summary>
    /// <param name="spec">What to train. It alone decides the bits of the result.</param>
    /// <param name="deployment">How to spread the run over silos and threads.</param>
    /// <param name="productsInterval">Steps between records of the products of weights and signals; 0 records none.</param>
    /// <param name="tracedShare">Share of the steps that are traced, 0 to 1, if the silos export traces. It changes no bit of the result.</param>
    /// <exception cref="ArgumentException">The deployment does not suit the specification.</exception>
    /// <exception cref="ConfigurationException">A silo lacks the specification's kind of expert, or has another build of it.</exception>
    public Task<RunHandle> Start(RunSpec spec, Deployment deployment, int productsInterval = 0, double tracedShare = DefaultTracedShare) =>
        Start(spec, deployment, productsInterval, tracedShare, routingInterval: 0);

    /// <summary>
    /// Gives a run with a name to the cluster, unless the cluster has that run already, queued, active or ended: then it is the same run,
    /// however it is spread. A run that was lost with a silo begins again under a new id, with the same bits.
    /// </summary>
    /// <param name="name">The name: 1 to 100 letters, digits, '-', '_' and '.'.</param>
    /// <param name="spec">What to train.</param>
    /// <param name="deployment">How to spread the run if it is a new one.</param>
    /// <param name="productsInterval">Steps between records of the products of a new run; 0 records none.</param>
    /// <param name="tracedShare">Share of the steps of a new run that are traced, 0 to 1.</param>
    /// <exception cref="ArgumentException">The deployment does not suit the specification, or the name is not such a word.</exception>
    /// <exception cref="ConfigurationException">A run of another specification has the name, or a silo lacks the specification's kind of expert.</exception>
    public async Task<RunHandle> StartNamed(string name, RunSpec spec, Deployment deployment, int productsInterval = 0, double tracedShare = DefaultTracedShare)
    {
        if (!PlainWord.Is(name)) throw new ArgumentException($"The name of a run has {PlainWord.Meaning}.", nameof(name));
        var request = Request(spec, deployment, productsInterval, tracedShare, routingInterval: 0) with { Name = name };
        var run = await Submit(spec, request);
        return run.Info.SpecHash == request.SpecHash ? run : throw new ConfigurationException(
            $"{name}: the cluster has run {run.RunId} of this name, with another specification; choose another name, or 'moe forget {name}' once that run has ended");
    }

    /// <summary>Gives a run to the cluster whose routing is recorded every few steps; the caller has to fetch it (<see cref="RunHandle.Routing"/>).</summary>
    internal async Task<RunHandle> Start(RunSpec spec, Deployment deployment, int productsInterval, double tracedShare, int routingInterval)
    {
        return await Submit(spec, Request(spec, deployment, productsInterval, tracedShare, routingInterval));
    }

    private async Task<RunHandle> Submit(RunSpec spec, RunRequest request)
    {
        if (spec.Model.ExpertSha256.Length > 0) await CheckExperts(request.Run);
        // Submitting a run id again returns the run that has it.
        var info = await _calls.Small.Run(_ => Queue.Submit(request));
        return new RunHandle(_grains, info, isQueued: true, _calls, _time) { IsFound = info.RunId != request.Run.RunId };
    }

    private async Task CheckExperts(RunContext run)
    {
        var status = await _calls.Small.Run(_ => Queue.GetStatus());
        foreach (var silo in status.Silos.Where(silo => !silo.IsDraining))
        {
            try
            {
                await _calls.Small.Run(_ => _grains.GetGrain<ISiloGrain>(silo.Name).Prepare(run, data: false));
            }
            catch (InvalidOperationException failure)
            {
                throw new ConfigurationException($"--experts-from: silo {silo.Name} cannot take part: {CallFailure.Reason(failure)}");
            }
        }
    }

    /// <summary>The runs that the cluster knows, in the order they were started: queued, active, and the last that ended.</summary>
    public async Task<IReadOnlyList<QueueEntry>> List() => await _calls.Small.Run(_ => Queue.List());

    /// <summary>Finds a run.</summary>
    /// <param name="idOrPrefix">The run's id, its name, or any unique prefix of its id.</param>
    /// <exception cref="ConfigurationException">The text is empty, no run has it, or several ids begin with it.</exception>
    public async Task<RunHandle> Find(string idOrPrefix)
    {
        if (string.IsNullOrWhiteSpace(idOrPrefix)) throw new ConfigurationException("RUN: must be a run's id, a unique prefix of it, or a run's name; 'moe runs' lists the runs");
        var runs = await List();
        // A run that was lost and the one that began again have the same name.
        if ((runs.FirstOrDefault(run => run.RunId == idOrPrefix) ?? runs.Where(run => run.Name == idOrPrefix).OrderBy(run => run.IsLost ? 0 : 1).LastOrDefault()) is { } found) return Run(found);
        return runs.Where(run => run.RunId.StartsWith(idOrPrefix, StringComparison.Ordinal)).ToArray() switch
        {
            [var run] => Run(run),
            [] => throw new ConfigurationException($"{idOrPrefix.ReplaceLineEndings(" ")}: the cluster has no such run; 'moe runs' lists the runs"),
            var several => throw new ConfigurationException($"{idOrPrefix}: {several.Length} runs have this prefix, such as {several[0].RunId} and {several[1].RunId}; give more of the id"),
        };
    }

    /// <summary>Closes the connection of <see cref="Connect(string)"/>; runs go on.</summary>
    /// <returns>When it is closed.</returns>
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Connects to a running cluster.</summary>
    /// <param name="address">The cluster.</param>
    /// <param name="waiting">Receives a sentence if the cluster does not answer at once; null for none.</param>
    internal static async Task<TrainingClient> Connect(ClusterAddress address, Action<string>? waiting) => new(await address.Connect(waiting), waiting);

    /// <summary>Starts a run next to the runs of the queue; several may be trained at once. Only for a silo that no other client uses.</summary>
    internal async Task<RunHandle> StartUnqueued(RunSpec spec, Deployment deployment, int productsInterval = 0, double tracedShare = 0, int routingInterval = 0)
    {
        var request = Request(spec, deployment, productsInterval, tracedShare, routingInterval);
        await _grains.GetGrain<ICoordinatorGrain>(request.Run.RunId).Start(request);
        return new RunHandle(
            _grains, new QueueEntry(request.Run.RunId, QueueEntryState.Active, 0, spec.Training.Steps, 0, _time.GetUtcNow(), deployment, null), isQueued: false, _calls, _time);
    }

    /// <summary>The silos of the cluster and its runs.</summary>
    internal Task<ClusterStatus> GetStatus() => _calls.Small.Run(_ => Queue.GetStatus());

    /// <summary>A run of <see cref="List"/>.</summary>
    internal RunHandle Run(QueueEntry info) => new(_grains, info, isQueued: true, _calls, _time);

    private static RunRequest Request(RunSpec spec, Deployment deployment, int productsInterval, double tracedShare, int routingInterval)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(deployment);
        ArgumentOutOfRangeException.ThrowIfNegative(productsInterval);
        ArgumentOutOfRangeException.ThrowIfNegative(tracedShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tracedShare, 1);
        var specHash = SpecHash.Of(spec);
        var runId = $"{specHash[..12]}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return new RunRequest(new RunContext(runId, RunSpecJson.Write(spec), deployment.Dispatch), deployment, productsInterval, tracedShare, routingInterval, SpecHash: specHash, Standardization: StandardizationOf(spec.Data));
    }

    private static float[]? StandardizationOf(DataSpec data)
    {
        try
        {
            return Standardization.Of(data)?.ToValues();
        }
        catch (DataFileException failure)
        {
            throw new ConfigurationException($"data.standardize: the program that starts a run must be able to read its data: {failure.Message}");
        }
    }
}
