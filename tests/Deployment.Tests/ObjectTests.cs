using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Deployment.Tests;

/// <summary>Manifests render, and what refers to something else finds it.</summary>
public sealed class ObjectTests
{
    public static TheoryData<string> OverlayNames => [.. Overlays.All];

    [Theory]
    [InlineData("base", "ConfigMap NetworkPolicy PodDisruptionBudget Service StatefulSet")]
    [InlineData("training", "Job NetworkPolicy PersistentVolumeClaim")]
    [InlineData("overlays/laptop", "ConfigMap Namespace NetworkPolicy NetworkPolicy NetworkPolicy PodDisruptionBudget Secret Service Service StatefulSet StatefulSet")]
    [InlineData("overlays/laptop/training", "Job NetworkPolicy PersistentVolumeClaim")]
    [InlineData("overlays/production", "Certificate Certificate Certificate ConfigMap Issuer Issuer Namespace NetworkPolicy NetworkPolicy NetworkPolicy PodDisruptionBudget PodMonitor Service StatefulSet")]
    [InlineData("overlays/production/training", "Job NetworkPolicy PersistentVolumeClaim")]
    public async Task A_folder_renders_to_objects_without_unknown_fields(string folder, string kinds) =>
        (await Manifest.Render(folder)).Objects.Select(entry => entry.Kind).Order(StringComparer.Ordinal).ShouldBe(kinds.Split(' '));

    [Fact]
    public void An_unknown_field_and_a_wrong_type_are_refused()
    {
        Should.Throw<Exception>(() => Manifest.Parse("apiVersion: v1\nkind: Service\nmetadata:\n  name: moe\nspec:\n  clusterIp: None\n"));
        Should.Throw<Exception>(() => Manifest.Parse("apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: moe\nspec:\n  replicas: three\n"));
        Should.Throw<Exception>(() => Manifest.Parse("apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata:\n  name: moe\nspec:\n  selfSignd: {}\n"));
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_selector_chooses_pods(string overlay)
    {
        var manifest = await Overlays.Render(overlay);

        foreach (var set in manifest.Of<V1StatefulSet>()) Selector.Matches(set.Spec.Selector, set.Spec.Template.Metadata.Labels).ShouldBeTrue(set.Name());
        foreach (var budget in manifest.Of<V1PodDisruptionBudget>()) manifest.Pods.Where(pod => pod.Matches(budget.Spec.Selector)).ShouldHaveSingleItem(budget.Name());
        foreach (var monitor in manifest.Of<PodMonitor>())
        {
            var pod = manifest.Pods.Where(pod => pod.Matches(monitor.Spec.Selector)).ShouldHaveSingleItem();
            pod.Containers[0].Ports.Select(port => port.Name).ShouldContain(monitor.Spec.PodMetricsEndpoints.ShouldHaveSingleItem().Port);
        }

        foreach (var policy in manifest.Of<V1NetworkPolicy>()) manifest.Pods.ShouldContain(pod => pod.Matches(policy.Spec.PodSelector), policy.Name());
        foreach (var spread in manifest.Pods.SelectMany(pod => pod.Spec.TopologySpreadConstraints ?? []))
            manifest.Pods.Where(pod => pod.Matches(spread.LabelSelector)).ShouldHaveSingleItem(spread.TopologyKey);
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_set_has_the_service_that_it_names(string overlay)
    {
        var manifest = await Overlays.Render(overlay);

        foreach (var set in manifest.Of<V1StatefulSet>())
        {
            var service = manifest.Get<V1Service>(set.Spec.ServiceName);
            service.Spec.ClusterIP.ShouldBe("None");
            Selector.Matches(service.Spec.Selector, set.Spec.Template.Metadata.Labels).ShouldBeTrue(service.Name());
            service.Spec.Ports.Select(port => (port.Name, port.Port)).ShouldBe(set.Spec.Template.Spec.Containers[0].Ports.Select(port => (port.Name, port.ContainerPort)));
        }
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task Each_secret_setting_and_claim_is_there_or_the_users_own(string overlay)
    {
        var manifest = await Overlays.Render(overlay);

        // What the documents tell the user to make, and what cert-manager makes.
        string[] secrets =
        [
            .. manifest.Of<V1Secret>().Select(secret => secret.Name()), .. manifest.Of<Certificate>().Select(certificate => certificate.Spec.SecretName),
            .. overlay == "production" ? ["moe-redis"] : overlay == "laptop" ? Array.Empty<string>() : ["moe-silo-tls", "moe-client-tls", "moe-redis-authority"],
        ];
        string[] claims = [.. manifest.Of<V1PersistentVolumeClaim>().Select(claim => claim.Name()), "moe-data"];
        foreach (var container in manifest.Pods.SelectMany(pod => pod.Containers))
        {
            (container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef?.Name).OfType<string>().ShouldBeSubsetOf(secrets);
            (container.EnvFrom ?? []).Select(source => source.ConfigMapRef.Name).ShouldBeSubsetOf(manifest.Of<V1ConfigMap>().Select(map => map.Name()));
        }

        var volumes = manifest.Pods.SelectMany(pod => pod.Spec.Volumes ?? []).ToArray();
        volumes.Select(volume => volume.Secret?.SecretName).OfType<string>().ShouldBeSubsetOf(secrets);
        volumes.Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>().ShouldBeSubsetOf(claims);
    }

    [Fact]
    public async Task The_production_overlay_has_no_secret_and_no_Redis_of_its_own()
    {
        var manifest = await Overlays.Render("production");

        manifest.Of<V1Secret>().ShouldBeEmpty();
        manifest.Pods.Select(pod => pod.Name).ShouldBe(["moe-silo", "moe-training"]);
    }

    [Fact]
    public async Task Certificates_have_the_names_that_the_programs_check()
    {
        var certificates = (await Overlays.Render("production")).Of<Certificate>().ToDictionary(certificate => certificate.Spec.SecretName, certificate => certificate.Spec);

        certificates["moe-silo-tls"].DnsNames.ShouldBe([TlsRole.SiloName]);
        certificates["moe-client-tls"].DnsNames.ShouldBe([TlsRole.ClientName]);
        // A silo connects to others too.
        certificates["moe-silo-tls"].Usages.ShouldBe(["digital signature", "server auth", "client auth"]);
        certificates["moe-client-tls"].Usages.ShouldBe(["digital signature", "client auth"]);
    }

    [Theory]
    [MemberData(nameof(OverlayNames))]
    public async Task The_namespace_enforces_the_restricted_profile_and_all_objects_are_in_it(string overlay)
    {
        var manifest = await Overlays.Render(overlay);

        var name = manifest.Of<V1Namespace>().ShouldHaveSingleItem();
        name.Labels()["pod-security.kubernetes.io/enforce"].ShouldBe("restricted");
        manifest.Objects.Where(entry => entry is not V1Namespace).ShouldAllBe(entry => entry.Namespace() == name.Name());
    }
}
