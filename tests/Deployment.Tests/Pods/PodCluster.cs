using System.Diagnostics;
using System.Text.Json;
using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests.Pods;

/// <summary>The silos, the Redis and the Job of a manifest on this machine: what a set, a Job and the kubelet do with their pods is done here by hand.</summary>
internal sealed class PodCluster : IAsyncDisposable
{
    // A loaded machine takes its time; a hang takes for ever.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, Place> _silos = [];
    private readonly PodNetwork _network;
    private readonly PodRuntime _runtime;
    private readonly Process _redis;
    private readonly Dictionary<string, string> _hosts;
    private readonly Pod _silo;
    private readonly Pod _training;
    private Task<int> _job = Task.FromResult(0);

    private PodCluster(Manifest manifest, PodNetwork network, PodRuntime runtime, Process redis, string redisAddress)
    {
        (_network, _runtime, _redis) = (network, runtime, redis);
        // There is no DNS here.
        _hosts = new() { ["moe-redis"] = redisAddress };
        (_silo, _training) = (manifest.Pods.Single(pod => pod.Name == "moe-silo"), manifest.Pods.Single(pod => pod.Name == "moe-training"));
    }

    /// <summary>Makes the network, and starts Redis in it.</summary>
    public static async Task<PodCluster> Open(Manifest manifest, string image)
    {
        var network = await PodNetwork.Open(manifest.Of<V1NetworkPolicy>());
        try
        {
            var redis = await network.Add(PeerOf(manifest.Pods.Single(pod => pod.Name == "moe-redis")));
            // The image of Redis comes from a registry; its command is the manifest's.
            var container = manifest.Pods.Single(pod => pod.Name == "moe-redis").Containers[0];
            var data = Directory.CreateTempSubdirectory("moe-redis-").FullName;
            var process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", redis.Namespace, .. container.Command, .. container.Args.Select(argument => argument == "/data" ? data : argument)]) { RedirectStandardOutput = true })!;
            return new PodCluster(manifest, network, await PodRuntime.Open(manifest, image), process, redis.Address);
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>The hash of the weights that the image gives in one process.</summary>
    public async Task<string> TrainAlone(params string[] specification)
    {
        var place = await _network.Add(new Peer("elsewhere", []));
        return Hash(await _runtime.Run(place, ["moe", "train", .. specification, "--json"]));
    }

    /// <summary>Starts the silos of these numbers, all at the same moment, each at a new address.</summary>
    public async Task Start(params int[] numbers)
    {
        foreach (var name in numbers.Select(Name)) _silos[name] = await _network.Add(PeerOf(_silo));
        foreach (var name in numbers.Select(Name)) await _runtime.Start(_silo, name, _silos[name], _hosts);
    }

    /// <summary>Waits until a silo's readiness probe succeeds.</summary>
    public Task Ready(int number) => Until($"{Name(number)} is not ready", async () => await Probe(number, _silo.Containers[0].ReadinessProbe) == 0);

    /// <summary>Stops silos as a set does that is scaled down, or a pod that is deleted.</summary>
    public async Task Stop(params int[] numbers)
    {
        await Task.WhenAll(numbers.Select(number => _runtime.Stop(Name(number), _silo.Spec.TerminationGracePeriodSeconds!.Value)));
        foreach (var number in numbers) await Forget(number);
    }

    /// <summary>Ends a silo at once, as a node does that loses its power.</summary>
    public async Task Kill(int number)
    {
        await _runtime.Remove(Name(number));
        await Forget(number);
    }

    public Task Cut(int number) => _network.Cut(_silos[Name(number)]);

    public Task Heal(int number) => _network.Heal(_silos[Name(number)]);

    /// <summary>Waits until a silo has ended by itself; its exit code.</summary>
    public Task<int> Ended(int number) => _runtime.Wait(Name(number)).WaitAsync(s_limit);

    /// <summary>Starts the container of a silo again that has ended, in the same pod, as the kubelet does.</summary>
    public Task Restart(int number) => _runtime.Restart(Name(number));

    /// <summary>Starts the Job: its pod is started again until it succeeds. Gives the number of pods that it took.</summary>
    public Task<int> Job(params string[] specification) => _job = RunJob(specification);

    /// <summary>Deletes the pod of the Job.</summary>
    public Task DeleteJobPod(int attempt) => _runtime.Signal($"moe-training-{attempt}");

    /// <summary>Waits until a silo's log has an entry.</summary>
    public Task Logged(int number, string text) => Until($"no '{text}' in the log of {Name(number)}", async () => (await _runtime.Log(Name(number))).Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until a run is active.</summary>
    public Task Active() => Until("no run is active", IsActive);

    /// <summary>Whether a run is active, as a silo's pod sees it.</summary>
    public async Task<bool> IsActive() =>
        JsonDocument.Parse(await _runtime.Execute(Name(0), "moe", "runs", "--json", "--connect", $"redis://{_hosts["moe-redis"]}:6379")).RootElement.EnumerateArray()
            .Any(entry => entry.GetProperty("state").GetString() == "active");

    /// <summary>What the Job wrote to its volume.</summary>
    public JsonElement Result(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(_runtime.Claim("moe-runs"), folder, "summary.json"))).RootElement;

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        _redis.Kill(entireProcessTree: true);
        await _redis.WaitForExitAsync(CancellationToken.None);
        _redis.Dispose();
        await _network.DisposeAsync();
    }

    private async Task<int> RunJob(string[] specification)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (name, place) = ($"moe-training-{attempt}", await _network.Add(PeerOf(_training)));
            await _runtime.Start(_training, name, place, _hosts, specification);
            var code = await _runtime.Wait(name);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: exit code {code}\n{await _runtime.Log(name)}");
            await _runtime.Remove(name);
            await _network.Remove(place);
            if (code == 0) return attempt;
            code.ShouldNotBe(2);
            attempt.ShouldBeLessThan(10);
        }
    }

    private static string Name(int number) => $"moe-silo-{number}";

    private static Peer PeerOf(Pod pod) => new("moe-orleans", pod.Labels.ToDictionary());

    private static string Hash(string json) => JsonDocument.Parse(json).RootElement.GetProperty("weightsSha256").GetString()!;

    private async Task Until(string failure, Func<Task<bool>> condition)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (_job.IsFaulted) await _job;
            if (Stopwatch.GetElapsedTime(begun) > s_limit) Assert.Fail($"{failure}\n{await _runtime.Logs()}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private async Task Forget(int number)
    {
        _silos.Remove(Name(number), out var place);
        await _network.Remove(place!);
    }

    // 0 if it succeeds. The node's own connections are not subject to policies, and neither are those of the pod to itself.
    private async Task<int> Probe(int number, V1Probe probe)
    {
        var (place, port) = (_silos[Name(number)], _silo.Containers[0].Ports.Single(port => port.Name == probe.HttpGet.Port.Value).ContainerPort);
        return (await Tool.Try("ip", "netns", "exec", place.Namespace, "curl", "--silent", "--fail", "--max-time", "3", $"http://{place.Address}:{port}{probe.HttpGet.Path}")).ExitCode;
    }
}
