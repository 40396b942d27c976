using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests;

/// <summary>Who may connect to whom under the network policies.</summary>
public sealed class NetworkTests
{
    private static readonly Peer s_prometheus = new("monitoring", new() { ["app.kubernetes.io/name"] = "prometheus" });
    private static readonly Peer s_dns = new("kube-system", new() { ["k8s-app"] = "kube-dns" });
    private static readonly Peer s_collector = new("observability", new() { ["app"] = "collector" });
    private static readonly Peer s_stranger = new("moe-orleans", new() { ["app"] = "other" });
    private static readonly Peer s_elsewhere = new("default", new() { ["app.kubernetes.io/name"] = "moe-orleans" });

    [Theory]
    [InlineData("laptop")]
    [InlineData("production")]
    [InlineData("laptop with all components")]
    public async Task Only_what_needs_a_port_reaches_it(string overlay)
    {
        var network = new Network((await Overlays.Render(overlay)).Of<V1NetworkPolicy>());
        var (silo, training, redis) = (Of("silo"), Of("training"), Of("redis"));
        Peer[] all = [silo, training, redis, s_prometheus, s_dns, s_collector, s_stranger, s_elsewhere];

        all.Where(peer => network.Allows(peer, silo, 11111)).ShouldBe([silo]);
        all.Where(peer => network.Allows(peer, silo, 30000)).ShouldBe([training]);
        all.Where(peer => network.Allows(peer, silo, 8080)).ShouldBe(overlay == "laptop" ? [] : [s_prometheus]);
        all.Where(peer => network.Allows(peer, silo, 8321)).ShouldBeEmpty();
        foreach (var port in (int[])[80, 8080, 11111, 30000]) all.Where(peer => network.Allows(peer, training, port)).ShouldBeEmpty();
        all.Where(peer => network.Allows(silo, peer, 53)).ShouldBe([s_dns]);
        all.Where(peer => network.Allows(training, peer, 53)).ShouldBe([s_dns]);
        all.Where(peer => network.Allows(silo, peer, 4317)).ShouldBe(overlay == "laptop with all components" ? [s_collector] : []);
        all.Where(peer => network.Allows(silo, peer, 443)).ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_laptop_silos_and_the_Job_alone_reach_Redis()
    {
        var network = new Network((await Overlays.Render("laptop")).Of<V1NetworkPolicy>());

        network.Allows(Of("silo"), Of("redis"), 6379).ShouldBeTrue();
        network.Allows(Of("training"), Of("redis"), 6379).ShouldBeTrue();
        foreach (var peer in (Peer[])[s_prometheus, s_stranger, s_elsewhere, Of("redis")]) network.Allows(peer, Of("redis"), 6379).ShouldBeFalse();
        network.Allows(Of("redis"), s_elsewhere, 443).ShouldBeFalse();
    }

    [Fact]
    public async Task In_production_silos_and_the_Job_reach_an_external_Redis_at_its_port_with_TLS()
    {
        var network = new Network((await Overlays.Render("production")).Of<V1NetworkPolicy>());

        foreach (var component in (string[])["silo", "training"])
        {
            network.Allows(Of(component), s_elsewhere, 6380).ShouldBeTrue();
            network.Allows(Of(component), s_elsewhere, 6379).ShouldBeFalse();
        }
    }

    private static Peer Of(string component) => new("moe-orleans", new()
    {
        ["app.kubernetes.io/name"] = "moe-orleans",
        ["app.kubernetes.io/instance"] = "moe",
        ["app.kubernetes.io/component"] = component,
    });
}
