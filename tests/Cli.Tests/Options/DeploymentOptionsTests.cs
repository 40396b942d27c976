using System.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Tests.Options;

public sealed class DeploymentOptionsTests
{
    private static readonly RunSpec s_spec = new SpecificationBuilder().Build();

    [Theory]
    [InlineData("", 3, 1)]
    [InlineData("--dispatch payload", 3, 3)]
    [InlineData("--shards 5", 3, 5)]
    [InlineData("--dispatch payload --shards 2", 3, 2)]
    public void Silos_of_this_machine_have_a_shard_and_by_payload_one_each(string typed, int silos, int shards)
    {
        var (options, parsed) = Parse(typed);
        var deployment = options.Read(parsed, s_spec, silos);
        (deployment.Silos, deployment.Shards, deployment.Threads).ShouldBe((silos, shards, Environment.ProcessorCount));
    }

    [Theory]
    [InlineData("", 2, DispatchMode.Reference)]
    [InlineData("--dispatch payload", 3, DispatchMode.Payload)]
    public void Silos_of_several_machines_have_a_shard_for_each_machine(string typed, int shards, DispatchMode dispatch)
    {
        var (options, parsed) = Parse(typed);
        var deployment = options.Read(parsed, s_spec, [Silo("10.0.0.1:11111", 4), Silo("10.0.0.1:11112", 4), Silo("10.0.0.2:11111", 8)]);
        deployment.ShouldBe(new Deployment(3, shards, 8, dispatch));
    }

    [Fact]
    public void No_more_shards_than_blocks()
    {
        var (options, parsed) = Parse("--dispatch payload");
        var spec = s_spec with { Training = s_spec.Training with { Minibatch = 2 * s_spec.Training.Block } };
        options.Read(parsed, spec, 3).Shards.ShouldBe(2);
    }

    [Fact]
    public void Threads_of_silos_that_run_already_cannot_be_chosen()
    {
        var (options, parsed) = Parse("--threads 2");
        Should.Throw<ConfigurationException>(() => options.Read(parsed, s_spec, [Silo("10.0.0.1:11111", 4)])).Message.ShouldContain("--threads");
    }

    private static (DeploymentOptions Options, ParseResult Parsed) Parse(string typed)
    {
        var options = new DeploymentOptions();
        var command = new RootCommand();
        foreach (var option in options.All) command.Add(option);
        return (options, command.Parse(typed));
    }

    private static SiloDescription Silo(string endpoint, int threads) => new("silo", "1", 1, 1, endpoint, 1, threads, 0, 0, false, []);
}
