using MoeOrleans.Deployment.Tests.Rendering;
using MoeOrleans.Silo.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace MoeOrleans.Deployment.Tests;

/// <summary>The compose file of silos, Redis and what observes them.</summary>
public sealed class ComposeTests
{
    private static readonly Dictionary<string, Dictionary<string, object>> s_services = Read();

    [Fact]
    public void The_programs_know_each_variable()
    {
        var known = SiloSetting.All.Select(setting => setting.Variable).ToArray();
        foreach (var (name, service) in s_services.Where(pair => pair.Key.StartsWith("silo-")))
        {
            var variables = Strings(service["environment"]);
            variables.Keys.Where(variable => variable.StartsWith("MOE__")).ShouldBeSubsetOf(known);
            variables["MOE__NAME"].ShouldBe(name);
            variables["MOE__ADVERTISEDADDRESS"].ShouldBe(name);
            variables["MOE__CLUSTERING"].ShouldBe("redis");
        }
    }

    [Fact]
    public void It_has_three_silos_and_a_Redis_without_a_profile()
    {
        s_services.Where(pair => !pair.Value.ContainsKey("profiles")).Select(pair => pair.Key).ShouldBe(["silo-1", "silo-2", "silo-3", "redis"]);
        s_services.Values.Select(service => (string)service["image"]).ShouldAllBe(image => !image.EndsWith(":latest") && image.Contains(':'));
    }

    [Fact]
    public void Our_containers_have_no_rights_and_write_to_no_image()
    {
        foreach (var (_, service) in s_services.Where(pair => ((string)pair.Value["image"]).StartsWith("moe-orleans:")))
        {
            service["read_only"].ShouldBe("true");
            ((List<object>)service["cap_drop"]).ShouldBe(["ALL"]);
            ((List<object>)service["security_opt"]).ShouldBe(["no-new-privileges:true"]);
            service.ShouldNotContainKey("ports");
        }
    }

    [Fact]
    public void Each_file_that_it_mounts_is_there()
    {
        var files = s_services.Values.Where(service => service.ContainsKey("volumes")).SelectMany(service => (List<object>)service["volumes"])
            .Select(volume => ((string)volume).Split(':')[0]).Where(source => source.StartsWith("./")).ToArray();

        files.Length.ShouldBeGreaterThan(4);
        foreach (var file in files) Path.Exists(DeployFolder.At(file.Split('/'))).ShouldBeTrue(file);
    }

    private static Dictionary<string, string> Strings(object mapping) => ((Dictionary<object, object>)mapping).ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");

    private static Dictionary<string, Dictionary<string, object>> Read()
    {
        // Merges (<<) as compose reads them.
        var parser = new MergingParser(new Parser(new StringReader(File.ReadAllText(DeployFolder.At("compose.yaml")))));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(parser);
        return ((Dictionary<object, object>)file["services"]).ToDictionary(
            pair => (string)pair.Key, pair => ((Dictionary<object, object>)pair.Value).ToDictionary(entry => (string)entry.Key, entry => entry.Value));
    }
}
