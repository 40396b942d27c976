namespace MoeOrleans.Cli.Tests;

/// <summary>moe plan: what it prints, and which input it refuses.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task A_plan_has_time_bytes_and_memory_of_every_silo()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, "plan", "--silos", "3", "--threads", "2", "--shards", "3", "--network", "10", "--latency", "100", "--imbalance", "4", "--json");

        result.ExitCode.ShouldBe(0);
        var plans = result.Json.GetProperty("plans").EnumerateArray().ToArray();
        plans.Select(plan => Math.Round(plan.GetProperty("imbalance").GetDouble(), 6)).ShouldBe([1, 4]);
        foreach (var plan in plans)
        {
            var silos = plan.GetProperty("silos").EnumerateArray().ToArray();
            silos.Select(silo => silo.GetProperty("experts").GetInt32()).ShouldBe([3, 3, 2]);
            silos.Sum(silo => silo.GetProperty("sentBytes").GetDouble()).ShouldBe(plan.GetProperty("bytes").GetDouble(), 1e-6);
            foreach (var silo in silos) silo.GetProperty("memory").GetProperty("total").GetDouble().ShouldBeGreaterThan(16_000 * 4 * 250);
            plan.GetProperty("path").EnumerateArray().Sum(part => part.GetProperty("microseconds").GetDouble()).ShouldBe(1e3 * plan.GetProperty("stepMilliseconds").GetDouble(), 1e-6);
        }
    }

    [Fact]
    public async Task People_read_what_bounds_the_step_and_what_is_assumed()
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, "plan", "--experts", "1000", "--silos", "100", "--threads", "4", "--network", "10");

        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldBeEmpty();
        result.Output.ShouldContain("it waits longest for");
        result.Output.ShouldContain("mean of all");
        result.Output.ShouldContain("more than 5 silos were never measured");
        result.Output.All(char.IsAscii).ShouldBeTrue();
    }

    [Theory]
    [InlineData("--silos 0", "--silos: must be 1 to 10,000; got 0")]
    [InlineData("--latency 5", "--latency: needs --network GBIT")]
    [InlineData("--network 0", "--network: must be 0.001 to 1,000,000; got 0")]
    [InlineData("--imbalance 9", "--imbalance: must be 1 to 8; got 9")]
    [InlineData("--imbalance 0.5", "--imbalance: must be 1 to 8; got 0.5")]
    [InlineData("--shards 64", "--shards: must be 1 to 63")]
    [InlineData("--constants none.json", "--constants: there is no file 'none.json'; 'moe plan --measure' writes one")]
    [InlineData("--constants text.json", "--constants: 'text.json' is no file of constants")]
    [InlineData("--constants empty.json", "--constants: 'empty.json' is no file of constants: it has no format")]
    [InlineData("--constants part.json", "--constants: 'part.json' is no file of constants")]
    [InlineData("--constants newer.json", "--constants: 'newer.json' has format 2, this program reads 1; 'moe plan --measure' writes one")]
    [InlineData("--measure --constants no/such/folder.json", "--constants: cannot write 'no/such/folder.json'")]
    public async Task Bad_input_is_one_line(string arguments, string expected)
    {
        using var workspace = new Workspace();
        workspace.Write("text.json", "not JSON");
        workspace.Write("empty.json", "{}");
        workspace.Write("part.json", """{ "format": 1, "version": "x" }""");
        workspace.Write("newer.json", """{ "format": 2 }""");

        var result = await MoeCommand.Run(workspace, ["plan", .. arguments.Split(' ')]);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Errors.Single().ShouldStartWith(expected);
    }
}
