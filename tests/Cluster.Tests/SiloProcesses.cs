using System.Globalization;
using System.Net;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cluster.Tests;

/// <summary>A cluster of moe-silo processes, each started as a user starts it, and a client to them; they end with the test.</summary>
internal sealed class SiloProcesses : IAsyncDisposable
{
    private readonly Workspace _workspace = new();
    private readonly Dictionary<string, MoeProcess> _silos = [];
    private readonly List<IPEndPoint> _http = [];
    private readonly List<IPEndPoint> _gateways = [];
    private readonly KeyValuePair<string, string>[] _environment;
    private readonly RedisServer? _redis;
    private IPEndPoint? _primary;
    private ClusterClient? _client;

    /// <summary>An empty cluster.</summary>
    /// <param name="redis">What lists its silos; null: the first of them.</param>
    /// <param name="environment">Variables of the silos.</param>
    public SiloProcesses(RedisServer? redis, params KeyValuePair<string, string>[] environment) => (_redis, Connection, _environment) = (redis, redis?.Connection, environment);

    /// <summary>The certificates of the client; null without TLS.</summary>
    public TlsFolder? Tls { get; init; }

    /// <summary>Where each silo accepts clients.</summary>
    public IReadOnlyList<IPEndPoint> Gateways => _gateways;

    /// <summary>The cluster.</summary>
    public string ClusterId { get; } = $"test-{Guid.NewGuid():N}"[..13];

    /// <summary>Where each silo answers HTTP.</summary>
    public IReadOnlyList<IPEndPoint> Http => _http;

    public IRunQueueGrain Runs => _client!.Grains.GetGrain<IRunQueueGrain>(0);

    /// <summary>What the silos have logged so far.</summary>
    public string Log => string.Join('\n', _silos.SelectMany(silo => silo.Value.Lines.Select(line => $"{silo.Key}: {line}")));

    private string? Connection { get; }

    private ClusterCalls Calls => new(TimeProvider.System, _client!.Gateways);

    /// <summary>Starts a cluster of so many silos.</summary>
    public static async Task<SiloProcesses> Start(int count, RedisServer? redis, params KeyValuePair<string, string>[] environment)
    {
        var cluster = new SiloProcesses(redis, environment);
        try
        {
            for (var i = 0; i < count; i++) await cluster.Join();
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    /// <summary>The silo of a name: silo-1 and so on.</summary>
    public MoeProcess Silo(string name) => _silos[name];

    /// <summary>Starts one more silo.</summary>
    /// <param name="options">More of its options.</param>
    /// <returns>Its name.</returns>
    public async Task<string> Join(params string[] options)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count + 1}");
        await Launch(name, options).WaitForOutput("is ready");
        _client ??= Connection is null ? await ClusterClient.Connect([_gateways[0]], ClusterId, waiting: null, Tls) : await ClusterClient.ConnectByRedis(Connection, ClusterId, waiting: null, Tls);
        return name;
    }

    /// <summary>Starts a silo of a name that the cluster has had before, at other ports, and does not wait for it.</summary>
    public MoeProcess Again(string name, params string[] options)
    {
        if (_silos.Remove(name, out var before)) before.Dispose();
        return Launch(name, options);
    }

    private MoeProcess Launch(string name, string[] options)
    {
        var ports = FreePorts.Find(3);
        _primary ??= new IPEndPoint(IPAddress.Loopback, ports[0]);
        _gateways.Add(new IPEndPoint(IPAddress.Loopback, ports[1]));
        _http.Add(new IPEndPoint(IPAddress.Loopback, ports[2]));
        string[] arguments =
        [
            "--name", name, "--cluster-id", ClusterId, "--silo-port", Text(ports[0]), "--gateway-port", Text(ports[1]), "--http-port", Text(ports[2]), "--threads", "1",
            .. Connection is null ? (string[])["--primary", _primary.ToString()] : ["--clustering", "redis", "--redis", Connection],
            .. options,
        ];
        var silo = MoeProcess.StartSilo(_environment, _workspace, arguments);
        _silos.Add(name, silo);
        return silo;
    }

    /// <summary>Submits a run.</summary>
    public async Task<string> Begin(RunSpec spec, int shards, DispatchMode dispatch = DispatchMode.Reference, double tracedShare = 0)
    {
        var runId = $"test-{Guid.NewGuid():N}";
        await Runs.Submit(new RunRequest(new RunContext(runId, RunSpecJson.Write(spec), dispatch), new Deployment(_silos.Count, shards, 1, dispatch), TracedShare: tracedShare));
        return runId;
    }

    /// <summary>Waits until a run has done so many steps.</summary>
    public Task Steps(string runId, int count) => Wait.Until(() => $"{count} steps are not done\n{Log}", async () =>
    {
        var status = await Status(runId);
        status.Error.ShouldBeNull();
        return status.StepsDone >= count;
    });

    /// <summary>The summary of a run, once it is done.</summary>
    public async Task<RunSummary> Done(string runId)
    {
        RunStatus? status = null;
        await Wait.Until(() => $"the run does not end\n{Log}", async () => (status = await Status(runId)).Phase is RunPhase.Done or RunPhase.Failed or RunPhase.Stopped);
        status!.Error.ShouldBeNull();
        return status.Summary!;
    }

    /// <summary>Ends a run after its step.</summary>
    public async Task<RunSummary> Stop(string runId)
    {
        await Calls.Small.Run(_ => Runs.Stop(runId));
        return await Done(runId);
    }

    /// <summary>How far a run is. A gateway may be lost and another be found meanwhile.</summary>
    public Task<RunStatus> Status(string runId) => Calls.Small.Run(_ => _client!.Grains.GetGrain<ICoordinatorGrain>(runId).GetStatus(int.MaxValue));

    /// <summary>Waits until the experts and routers of a run live on so many silos, with counts that differ by at most one.</summary>
    public Task Even(string runId, int silos, int experts, int shards) => Wait.Until(() => $"{experts} experts and {shards} routers do not live evenly on {silos} silos\n{Log}", async () =>
    {
        var status = await Calls.Small.Run(_ => Runs.GetStatus());
        return status.Silos.Length == silos && Even(HostedGrainKind.Expert, experts) && Even(HostedGrainKind.Router, shards);

        bool Even(HostedGrainKind kind, int count)
        {
            var counts = status.Silos.Select(silo => silo.Grains.Count(grain => grain.RunId == runId && grain.Kind == kind)).ToArray();
            return counts.Sum() == count && counts.Max() - counts.Min() <= 1;
        }
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Values) silo.Dispose();
        if (_client is not null) await _client.DisposeAsync();
        if (_redis is not null) await _redis.Forget(ClusterId);
        _workspace.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
