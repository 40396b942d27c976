using System.Text.Json;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe bench as scripts use it. What it measures is not judged here: machines are shared.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task The_figures_come_as_one_JSON_object()
    {
        using var workspace = new Workspace();
        var result = await MoeProcess.Run(workspace, "bench", "--quick", "--rounds", "1", "--threads", "2", "--only", "kernels,step,determinism,memory", "--json",
            "--set", "data.train=256", "--set", "data.test=32", "--set", "training.block=32", "--set", "model.filters=2");

        result.ExitCode.ShouldBe(0);
        var json = result.Json;
        json.GetProperty("machine").GetProperty("cores").GetInt32().ShouldBePositive();
        json.GetProperty("peak").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var kernel in json.GetProperty("kernels").EnumerateArray()) Median(kernel, "milliseconds").ShouldBePositive();
        var expert = json.GetProperty("kernels")[0];
        expert.GetProperty("name").GetString().ShouldBe("expert forward, loss, backward");
        Median(expert, "shareOfPeak").ShouldBePositive();
        var wire = json.GetProperty("kernels").EnumerateArray().Single(kernel => kernel.GetProperty("name").GetString() == "wire codec: gradients written and read");
        wire.GetProperty("gBps").GetDouble().ShouldBePositive();
        // It would have failed had actors and bare kernels not given the same bits.
        var steps = json.GetProperty("steps").EnumerateArray().ToArray();
        steps.Select(step => step.GetProperty("routing").GetString()).ShouldBe(["even", "concentrated"]);
        foreach (var step in steps)
        {
            (Median(step, "actorsMilliseconds") / Median(step, "bareMilliseconds")).ShouldBe(Median(step, "overhead"), 1e-9);
            step.GetProperty("shards").GetInt32().ShouldBe(1);
        }

        Median(json.GetProperty("determinism")[0], "price").ShouldBePositive();
        var memory = json.GetProperty("memory").EnumerateArray().ToArray();
        memory.Select(row => row.GetProperty("shards").GetInt32()).ShouldBe([1, 8]);
        foreach (var row in memory)
        {
            // Bytes are counted, not timed: a leak of a shard's arrays would be hundreds of kilobytes.
            row.GetProperty("allocatedKilobytesPerStep").GetDouble().ShouldBeInRange(1, 300);
            row.GetProperty("residentMegabytes").GetDouble().ShouldBeGreaterThan(row.GetProperty("datasetMegabytes").GetDouble());
        }
    }

    [Fact]
    public async Task An_mlp_is_measured_on_data_of_its_own_which_are_gone_at_the_end()
    {
        using var workspace = new Workspace();
        var result = await Run(workspace, "bench", "--expert", "mlp", "--quick", "--rounds", "1", "--threads", "2", "--only", "kernels,step", "--json",
            "--set", "model.hidden=8", "--set", "training.minibatch=64", "--set", "training.block=32");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        Median(result.Json.GetProperty("kernels")[0], "shareOfPeak").ShouldBePositive();
        var step = result.Json.GetProperty("steps").EnumerateArray().ShouldHaveSingleItem();
        step.GetProperty("name").GetString().ShouldBe("mlp");
        step.GetProperty("minibatch").GetInt32().ShouldBe(64);
        workspace.Entries.ShouldBe(["tmp"]);
    }

    [Theory]
    [InlineData("--expert mpl", "--expert: unknown 'mpl'; one of cnn, mlp; did you mean 'mlp'?")]
    [InlineData("--expert mlp --set model.filters=3", "--set model.filters: model.filters has no meaning where model.expert is mlp; leave it out")]
    [InlineData("--set model.expert=mlp --set data.dim=10", "--set data.dim: data.dim must be 784, as in the files in '")]
    [InlineData("--expert mlp --set data.sigma=2", "--set data.sigma: data.sigma says how data is made and has no meaning for data from files; leave it out")]
    public async Task Bad_input_is_one_line(string arguments, string expected)
    {
        using var workspace = new Workspace();
        var result = await Run(workspace, ["bench", "--only", "kernels", .. arguments.Split(' ')]);
        result.Errors[^1].ShouldStartWith(expected);
        result.ExitCode.ShouldBe(2);
        workspace.Entries.ShouldBe(["tmp"]);
    }

    [Fact]
    public async Task A_quick_bench_has_all_parts_but_those_that_take_long()
    {
        using var workspace = new Workspace();
        var result = await MoeProcess.Run(workspace, "bench", "--quick", "--rounds", "1", "--threads", "2", "--json",
            "--set", "data.train=256", "--set", "data.test=32", "--set", "training.block=32", "--set", "model.filters=2");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Json.EnumerateObject().Where(part => part.Value.ValueKind == JsonValueKind.Null).Select(part => part.Name).ShouldBe(["telemetry", "silos", "tls", "transfer", "plan"]);
    }

    [Fact]
    public async Task The_peak_is_told_where_it_is_asked_for()
    {
        using var workspace = new Workspace();
        var result = await MoeProcess.Run(workspace, "bench", "--quick", "--rounds", "1", "--threads", "2", "--only", "peak", "--json");

        var peak = result.Json.GetProperty("peak");
        peak.GetProperty("threads").GetInt32().ShouldBe(2);
        foreach (var name in (string[])["oneThreadGflops", "allThreadsGflops", "dramGBps", "dramAllThreadsGBps", "l2GBps"])
        {
            var (least, most) = (peak.GetProperty(name).GetProperty("min").GetDouble(), peak.GetProperty(name).GetProperty("max").GetDouble());
            least.ShouldBePositive(name);
            Median(peak, name).ShouldBeInRange(least, most, name);
        }

        result.Json.GetProperty("kernels").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Tables_are_plain_where_the_output_is_no_terminal()
    {
        using var workspace = new Workspace();
        var result = await MoeProcess.Run(workspace, "bench", "--quick", "--rounds", "1", "--only", "peak");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("multiply-adds, GFLOP/s");
        result.Output.ShouldContain("read from memory, GB/s");
        result.Output.All(char.IsAscii).ShouldBeTrue();
        result.Errors.ShouldContain("peak: 1 rounds");
    }

    // With a folder of its own for what is temporary: benches of others may run on the machine.
    private static async Task<MoeResult> Run(Workspace workspace, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(workspace.At("tmp"));
        using var process = MoeProcess.StartWith([new("TMPDIR", folder.FullName)], workspace, arguments);
        return await process.End();
    }

    private static double Median(JsonElement row, string name) => row.GetProperty(name).GetProperty("median").GetDouble();
}
