using k8s.Models;

namespace MoeOrleans.Deployment.Tests;

/// <summary>What a platform team's policies ask of each pod.</summary>
public sealed class PodTests
{
    private static readonly string[] s_allCapabilities = ["ALL"];

    public static TheoryData<string> OverlayNames => [.. Overlays.All];

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_pod_fits_the_restricted_profile(string overlay)
    {
        var pods = (await Overlays.Render(overlay)).Pods;

        pods.Select(pod => pod.Name).ShouldContain("moe-silo");
        pods.Select(pod => pod.Name).ShouldContain("moe-training");
        foreach (var (pod, container) in pods.SelectMany(pod => pod.Containers.Select(container => (pod, container))))
        {
            pod.Spec.HostNetwork.ShouldBeNull(pod.Name);
            pod.Spec.HostPID.ShouldBeNull(pod.Name);
            pod.Spec.SecurityContext.RunAsNonRoot.ShouldBe(true, pod.Name);
            pod.Spec.SecurityContext.RunAsUser.ShouldNotBeNull(pod.Name);
            pod.Spec.SecurityContext.RunAsUser!.Value.ShouldBeGreaterThanOrEqualTo(10_000, pod.Name);
            pod.Spec.SecurityContext.FsGroup.ShouldBe(pod.Spec.SecurityContext.RunAsGroup, pod.Name);
            pod.Spec.SecurityContext.SeccompProfile.Type.ShouldBe("RuntimeDefault", pod.Name);
            container.SecurityContext.AllowPrivilegeEscalation.ShouldBe(false, container.Name);
            container.SecurityContext.Privileged.ShouldBeNull(container.Name);
            container.SecurityContext.RunAsUser.ShouldBeNull(container.Name);
            container.SecurityContext.Capabilities.Drop.ShouldBe(s_allCapabilities, container.Name);
            container.SecurityContext.Capabilities.Add.ShouldBeNull(container.Name);
            container.Ports?.ShouldAllBe(port => port.HostPort == null, container.Name);
            foreach (var volume in pod.Spec.Volumes ?? []) (volume.EmptyDir ?? volume.Secret ?? (object?)volume.PersistentVolumeClaim).ShouldNotBeNull(volume.Name);
        }
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task No_pod_gets_a_token_or_can_write_to_its_image(string overlay)
    {
        foreach (var pod in (await Overlays.Render(overlay)).Pods)
        {
            pod.Spec.AutomountServiceAccountToken.ShouldBe(false, pod.Name);
            pod.Spec.EnableServiceLinks.ShouldBe(false, pod.Name);
            foreach (var container in pod.Containers)
            {
                container.SecurityContext.ReadOnlyRootFilesystem.ShouldBe(true, container.Name);
                // Claims of a set become volumes of its pods.
                var claims = pod.Name == "moe-redis" ? ["data"] : Array.Empty<string>();
                container.VolumeMounts.Select(mount => mount.Name).ShouldBeSubsetOf([.. (pod.Spec.Volumes ?? []).Select(volume => volume.Name), .. claims]);
                container.VolumeMounts.Select(mount => mount.MountPath).ShouldBeUnique();
            }
        }
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_container_asks_for_processors_without_a_limit_and_is_limited_in_memory_and_disk(string overlay)
    {
        foreach (var container in (await Overlays.Render(overlay)).Pods.SelectMany(pod => pod.Containers))
        {
            container.Resources.Requests.Keys.ShouldBe(["cpu", "memory", "ephemeral-storage"], ignoreOrder: true, container.Name);
            container.Resources.Limits.Keys.ShouldBe(["memory", "ephemeral-storage"], ignoreOrder: true, container.Name);
            foreach (var (resource, limit) in container.Resources.Limits)
                container.Resources.Requests[resource].ToDecimal().ShouldBeLessThanOrEqualTo(limit.ToDecimal(), $"{container.Name}: {resource}");
        }
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_image_has_a_version(string overlay)
    {
        foreach (var container in (await Overlays.Render(overlay)).Pods.SelectMany(pod => pod.Containers))
            container.Image.ShouldMatch(@"^[a-z0-9./-]+:\d+\.\d+\.\d+$");
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_container_that_serves_has_probes_at_a_port_of_its_own(string overlay)
    {
        foreach (var container in (await Overlays.Render(overlay)).Pods.Where(pod => pod.Name != "moe-training").SelectMany(pod => pod.Containers))
        {
            foreach (var probe in (IEnumerable<V1Probe>)[container.StartupProbe, container.ReadinessProbe, container.LivenessProbe])
            {
                probe.ShouldNotBeNull(container.Name);
                container.Ports.Select(port => port.Name).ShouldContain((probe.HttpGet?.Port ?? probe.TcpSocket.Port).Value, container.Name);
            }
        }
    }

    [Fact]
    public async Task A_silos_probes_ask_what_each_endpoint_is_for()
    {
        var silo = (await Overlays.Render("production")).Pods.Single(pod => pod.Name == "moe-silo").Containers[0];

        silo.StartupProbe.HttpGet.Path.ShouldBe("/health/startup");
        silo.ReadinessProbe.HttpGet.Path.ShouldBe("/health/ready");
        silo.LivenessProbe.HttpGet.Path.ShouldBe("/health/live");
        // A liveness probe that fails at once would end silos in the middle of a step.
        silo.LivenessProbe.FailureThreshold.ShouldBe(3);
    }
}
