using k8s.Models;
using MoeOrleans.Bench;
using MoeOrleans.Deployment.Tests.Rendering;
using MoeOrleans.Silo.Configuration;

namespace MoeOrleans.Deployment.Tests;

/// <summary>The program reads what the manifests set, and both agree about ports and times.</summary>
public sealed class SiloSettingsTests
{
    public static TheoryData<string> OverlayNames => [.. Overlays.All];

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task The_program_accepts_the_environment_of_its_pod(string overlay)
    {
        var manifest = await Overlays.Render(overlay);

        var options = Read(manifest);

        options.Member.Name.ShouldBe("moe-silo-0");
        options.Member.AdvertisedAddress.ToString().ShouldBe("10.1.2.3");
        options.Member.ListenAddress.ShouldBe(options.Member.AdvertisedAddress);
        options.Training.Threads.ShouldBe(overlay == "production" ? 4 : 1);
        Silo(manifest).Ports.Select(port => (port.Name, port.ContainerPort)).ShouldBe(
            [("silo", options.Member.SiloPort), ("gateway", options.Member.GatewayPort), ("http", options.HttpPort)]);
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task A_pod_is_given_time_to_drain_and_to_wait_for_its_name(string overlay)
    {
        var manifest = await Overlays.Render(overlay);
        var (settings, pod) = (manifest.Get<V1ConfigMap>("moe-settings").Data, manifest.Pods.Single(pod => pod.Name == "moe-silo"));

        pod.Spec.TerminationGracePeriodSeconds!.Value.ShouldBeGreaterThanOrEqualTo(int.Parse(settings["MOE__DRAINSECONDS"]) + 20);
        var startup = pod.Containers[0].StartupProbe;
        (startup.PeriodSeconds!.Value * startup.FailureThreshold!.Value).ShouldBeGreaterThan(int.Parse(settings["MOE__WAITSECONDS"]));
    }

    [Fact]
    public async Task The_page_is_off_unless_its_component_is_there_and_then_on_loopback()
    {
        Read(await Overlays.Render("production")).Page.ShouldBeNull();
        Read(await Overlays.Render("laptop")).Page!.Endpoint.ToString().ShouldBe("127.0.0.1:8321");
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task No_password_is_written_in_a_manifest(string overlay)
    {
        foreach (var variable in (await Overlays.Render(overlay)).Pods.SelectMany(pod => pod.Containers).SelectMany(container => container.Env ?? []))
            if (variable.Name is "MOE__REDIS" or "MOE__CONNECT") variable.ValueFrom.SecretKeyRef.Key.ShouldBe("connection");
    }

    private static V1Container Silo(Manifest manifest) => manifest.Pods.Single(pod => pod.Name == "moe-silo").Containers[0];

    // What the program makes of the environment that Kubernetes gives the first pod, with the files of its secret.
    private static SiloServerOptions Read(Manifest manifest)
    {
        using var workspace = new Workspace();
        using var authority = CertificateAuthority.Create("moe-authority", DateTimeOffset.UtcNow);
        using var certificate = authority.Issue("moe-silo");
        authority.Write(workspace.At("tls"), certificate);
        var environment = PodEnvironment.Of(manifest, Silo(manifest), "moe-silo-0", "10.1.2.3");
        if (environment.TryGetValue("MOE__TLSFOLDER", out var folder))
        {
            Silo(manifest).VolumeMounts.Select(mount => mount.MountPath).ShouldContain(folder);
            environment["MOE__TLSFOLDER"] = workspace.At("tls");
        }

        return SiloConfiguration.Load(null, environment.ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), string? (pair) => pair.Value)).Read();
    }
}
