using System.Text;
using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests.Pods;

/// <summary>
/// A network of pods: for each a network namespace and an address, connected by a bridge in another namespace. Network policies
/// become rules of nftables in the namespace of each pod.
/// </summary>
internal sealed class PodNetwork : IAsyncDisposable
{
    private static readonly int[] s_ports = [53, 443, 6379, 8080, 8321, 11111, 30000];

    private readonly string _prefix = $"moe{Guid.NewGuid().ToString("N")[..5]}";
    private readonly List<Place> _places = [];
    private readonly V1NetworkPolicy[] _policies;
    // Pods come and go at the same time.
    private readonly SemaphoreSlim _turn = new(1);
    private int _last = 1;

    private PodNetwork(IEnumerable<V1NetworkPolicy> policies) => _policies = [.. policies];

    private string Switch => $"{_prefix}-sw";

    /// <summary>Makes the bridge.</summary>
    public static async Task<PodNetwork> Open(IEnumerable<V1NetworkPolicy> policies)
    {
        var network = new PodNetwork(policies);
        await Tool.Run("ip", "netns", "add", network.Switch);
        await Tool.Run("ip", "-n", network.Switch, "link", "add", "br0", "type", "bridge");
        await Tool.Run("ip", "-n", network.Switch, "link", "set", "br0", "up");
        return network;
    }

    /// <summary>A namespace for a pod, with the next address.</summary>
    public async Task<Place> Add(Peer pod)
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await Make(pod);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes a pod's namespace away.</summary>
    public async Task Remove(Place place)
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        _places.Remove(place);
        _turn.Release();
        await Tool.Run("ip", "netns", "delete", place.Namespace);
    }

    /// <summary>Cuts a pod off from all others.</summary>
    public Task Cut(Place place) => Tool.Run("ip", "-n", Switch, "link", "set", place.Link, "nomaster");

    /// <summary>Connects a pod again.</summary>
    public Task Heal(Place place) => Tool.Run("ip", "-n", Switch, "link", "set", place.Link, "master", "br0");

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places) await Tool.Try("ip", "netns", "delete", place.Namespace);
        await Tool.Try("ip", "netns", "delete", Switch);
        _turn.Dispose();
    }

    private async Task<Place> Make(Peer pod)
    {
        var number = ++_last;
        var place = new Place(pod, $"{_prefix}-{number}", $"v{number}", $"10.77.0.{number}");
        await Tool.Run("ip", "netns", "add", place.Namespace);
        await Tool.Run("ip", "-n", Switch, "link", "add", place.Link, "type", "veth", "peer", "name", "eth0", "netns", place.Namespace);
        await Tool.Run("ip", "-n", place.Namespace, "address", "add", $"{place.Address}/24", "dev", "eth0");
        foreach (var device in (string[])["lo", "eth0"]) await Tool.Run("ip", "-n", place.Namespace, "link", "set", device, "up");
        await Tool.Run("ip", "-n", Switch, "link", "set", place.Link, "up", "master", "br0");
        _places.Add(place);
        await ApplyPolicies();
        return place;
    }

    private async Task ApplyPolicies()
    {
        var network = new Network(_policies);
        foreach (var place in _places)
        {
            var rules = new StringBuilder("flush ruleset\ntable inet pods {\n");
            foreach (var (chain, address, allows) in (IEnumerable<(string, string, Func<Peer, int, bool>)>)[
                ("input", "saddr", (other, port) => network.Allows(other, place.Pod, port)), ("output", "daddr", (other, port) => network.Allows(place.Pod, other, port))])
            {
                rules.Append($"chain {chain} {{\ntype filter hook {chain} priority 0; policy drop;\nct state established,related accept\n");
                rules.Append(chain == "input" ? "iif lo accept\n" : "oif lo accept\n").Append("icmp type echo-request accept\nmeta l4proto ipv6-icmp accept\n");
                foreach (var other in _places.Where(other => other != place))
                    if (s_ports.Where(port => allows(other.Pod, port)).ToArray() is { Length: > 0 } ports) rules.Append($"ip {address} {other.Address} tcp dport {{ {string.Join(", ", ports)} }} accept\n");
                rules.Append("}\n");
            }

            var file = Path.GetTempFileName();
            await File.WriteAllTextAsync(file, rules.Append("}\n").ToString());
            await Tool.Run("ip", "netns", "exec", place.Namespace, "nft", "-f", file);
            File.Delete(file);
        }
    }
}

/// <summary>Where a pod is in the network.</summary>
/// <param name="Pod">The pod's labels.</param>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Link">The bridge's end of its link.</param>
/// <param name="Address">Its address.</param>
internal sealed record Place(Peer Pod, string Namespace, string Link, string Address);
