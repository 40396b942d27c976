using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests;

/// <summary>The Helm chart gives the objects of the kustomize folders.</summary>
public sealed class ChartTests
{
    // What Helm alone adds to labels and annotations.
    private static readonly string[] s_ofHelm = ["helm.sh/chart", "app.kubernetes.io/managed-by", "helm.sh/resource-policy", "moe-orleans/settings"];

    private static readonly string[] s_production =
    [
        "tls.enabled=true", "monitoring.enabled=true", "redis.port=6380", "image.repository=registry.example/moe-orleans", "silos.resources.requests.cpu=4000m",
        "silos.resources.requests.memory=8Gi", "silos.resources.limits.memory=8Gi",
    ];

    [Fact]
    public async Task Its_defaults_give_base_and_training_and_the_rule_for_Redis()
    {
        var expected = await Manifest.Render("base", "training");

        var chart = await Render();

        // With kustomize the overlays have the rule for Redis.
        chart.Objects.Select(Name).Except(expected.Objects.Select(Name)).ShouldBe(["NetworkPolicy moe-redis-clients"]);
        ShouldAgree(chart, expected);
    }

    [Fact]
    public async Task Its_values_give_the_production_overlay()
    {
        var production = await Overlays.Render("production");

        var chart = await Render([.. s_production.SelectMany(value => (string[])["--set", value]),
            "--set-json", """silos.topologySpreadConstraints=[{"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app.kubernetes.io/name":"moe-orleans","app.kubernetes.io/instance":"moe","app.kubernetes.io/component":"silo"}}}]"""]);

        // Helm makes the namespace by an option, and certificates are the cluster's business.
        production.Objects.Select(Name).Except(chart.Objects.Select(Name)).ShouldAllBe(name => name.StartsWith("Namespace ") || name.StartsWith("Issuer ") || name.StartsWith("Certificate "));
        ShouldAgree(chart, production);
    }

    [Fact]
    public async Task Its_options_give_the_components()
    {
        var components = await Manifest.RenderWith(["base", "training"], ["data", "redis-authority", "tls", "monitoring", "telemetry", "kueue", "page"]);

        ShouldAgree(
            await Render(
                "--set", "tls.enabled=true", "--set", "monitoring.enabled=true", "--set", "telemetry.endpoint=http://collector.observability:4317", "--set", "training.queue=training", "--set", "data.claim=moe-data",
                "--set", "page.enabled=true", "--set", "redis.authority=moe-redis-authority"),
            components);
    }

    [Fact]
    public async Task What_changes_the_Job_gives_it_another_name_as_a_Job_cannot_be_changed()
    {
        var (first, again) = (await Job(), await Job("--set", "silos.drainSeconds=30"));
        first.Name().ShouldStartWith("moe-training-");
        again.Name().ShouldBe(first.Name());

        foreach (var change in (string[])["silos.replicas=5", "image.tag=0.2.0", "training.name=second", "tls.enabled=true"])
        {
            var changed = await Job("--set", change);
            changed.Name().ShouldNotBe(first.Name(), change);
            changed.Spec.Template.Spec.Containers[0].Name.ShouldBe("train");
        }

        static async Task<V1Job> Job(params string[] options) => (await Render(options)).Of<V1Job>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_image_can_be_named_by_its_digest_and_silos_placed_by_affinity()
    {
        var digest = $"sha256:{new string('a', 64)}";

        var chart = await Render("--set", $"image.digest={digest}", "--set-json", """silos.affinity={"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname"}]}}""");

        var silos = chart.Of<V1StatefulSet>().ShouldHaveSingleItem().Spec.Template.Spec;
        silos.Containers[0].Image.ShouldBe($"moe-orleans@{digest}");
        chart.Of<V1Job>().ShouldHaveSingleItem().Spec.Template.Spec.Containers[0].Image.ShouldBe($"moe-orleans@{digest}");
        silos.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution.ShouldHaveSingleItem().TopologyKey.ShouldBe("kubernetes.io/hostname");
    }

    [Theory]
    [InlineData("silos.replicas=0", "at '/silos/replicas'")]
    [InlineData("silos.replica=3", "'replica' not allowed")]
    [InlineData("image.tag=latest", "at '/image/tag'")]
    [InlineData("image.tag=a b", "at '/image/tag'")]
    [InlineData("image.repository=moe@sha256", "at '/image/repository'")]
    [InlineData("image.digest=sha256:12", "at '/image/digest'")]
    [InlineData("training.name=a/b", "at '/training/name'")]
    [InlineData("silos.settings.MOE_NAME=x", "invalid propertyName 'MOE_NAME'")]
    [InlineData("silos.settings.MOE__CLUSTERID=x", "invalid propertyName 'MOE__CLUSTERID'")]
    [InlineData("redis.port=70000", "at '/redis/port'")]
    [InlineData("silos.resources.limits.memory=much", "at '/silos/resources/limits/memory'")]
    public async Task A_wrong_value_is_refused_by_its_schema(string value, string refusal)
    {
        var result = await Tool.Try("helm", "template", "moe", DeployFolder.At("helm"), "--set", value);

        result.ExitCode.ShouldNotBe(0);
        string.Join("", result.Errors).ShouldContain(refusal);
    }

    private static async Task<Manifest> Render(params string[] options) =>
        Manifest.Parse(await Tool.Run("helm", ["template", "moe", DeployFolder.At("helm"), "--namespace", "moe-orleans", .. options]));

    // The chart's Job has a hash at the end of its name.
    private static string Name(IKubernetesObject<V1ObjectMeta> entry) => entry is V1Job ? "Job" : $"{entry.Kind} {entry.Name()}";

    private static void ShouldAgree(Manifest chart, Manifest expected)
    {
        var rendered = chart.Objects.ToDictionary(Name);
        foreach (var entry in expected.Objects.Where(entry => rendered.ContainsKey(Name(entry)))) Comparable(rendered[Name(entry)]).ShouldBe(Comparable(entry), Name(entry));
        expected.Objects.Count(entry => rendered.ContainsKey(Name(entry))).ShouldBeGreaterThan(7);
    }

    private static string Comparable(IKubernetesObject<V1ObjectMeta> entry)
    {
        if (entry is V1Job) entry.Metadata.Name = "moe-training";
        var json = JsonNode.Parse(KubernetesJson.Serialize((object)entry))!;
        Clean(json);
        return json.ToJsonString();
    }

    // Order of keys and the image's version do not count, nor does what Helm adds.
    private static void Clean(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array) Clean(element);
            return;
        }

        if (node is not JsonObject json) return;
        foreach (var (name, value) in json.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray())
        {
            json.Remove(name);
            if (s_ofHelm.Contains(name) || name is "namespace" or "creationTimestamp" or "imagePullPolicy" or "annotations" && value is not JsonObject { Count: > 0 }) continue;
            Clean(value);
            if (name is "annotations" && value is JsonObject { Count: 0 }) continue;
            json[name] = name == "image" ? value!.GetValue<string>().Split(':')[0] : value;
        }
    }
}
