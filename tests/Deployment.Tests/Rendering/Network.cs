using k8s.Models;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>A pod as network policies see it.</summary>
internal sealed record Peer(string Namespace, Dictionary<string, string> Labels);

/// <summary>
/// Network policies as Kubernetes defines them: what no policy selects may connect to all, and what one selects only as some policy allows;
/// a connection has to be allowed at both ends.
/// </summary>
internal sealed class Network(IEnumerable<V1NetworkPolicy> policies)
{
    private readonly V1NetworkPolicy[] _policies = [.. policies];

    /// <summary>Whether one pod may connect to a port of another.</summary>
    public bool Allows(Peer from, Peer to, int port) =>
        Allows("Egress", from, policy => (policy.Egress ?? []).Any(rule => Permits(rule.To, to, policy, rule.Ports, port)))
        && Allows("Ingress", to, policy => (policy.Ingress ?? []).Any(rule => Permits(rule.FromProperty, from, policy, rule.Ports, port)));

    private bool Allows(string direction, Peer peer, Func<V1NetworkPolicySpec, bool> permits)
    {
        var own = _policies.Where(policy => policy.Namespace() == peer.Namespace && policy.Spec.PolicyTypes.Contains(direction) && Selector.Matches(policy.Spec.PodSelector, peer.Labels)).ToArray();
        return own.Length == 0 || own.Any(policy => permits(policy.Spec));
    }

    private bool Permits(IList<V1NetworkPolicyPeer>? peers, Peer peer, V1NetworkPolicySpec policy, IList<V1NetworkPolicyPort>? ports, int port)
    {
        var home = _policies.First(entry => entry.Spec == policy).Namespace();
        return (peers is null || peers.Any(entry => IsPeer(entry, peer, home))) && (ports is null || ports.Any(entry => entry.Port.Value == port.ToString()));
    }

    private static bool IsPeer(V1NetworkPolicyPeer entry, Peer peer, string home)
    {
        if (entry.IpBlock is not null) throw new NotSupportedException("blocks of addresses");
        var isThere = entry.NamespaceSelector is { } space
            ? Selector.Matches(space, new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = peer.Namespace })
            : peer.Namespace == home;
        return isThere && Selector.Matches(entry.PodSelector, peer.Labels);
    }
}
