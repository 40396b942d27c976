using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe train --record-routing and --replay-routing, moe routing.</summary>
public sealed class RoutingTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_record_is_written_shown_and_replayed()
    {
        var run = await MoeCommand.Train(_workspace, "--record-routing", "routes", "--record-routing-every", "1", "--json");
        run.ExitCode.ShouldBe(0, string.Join('\n', run.Errors));
        _workspace.Entries.ShouldBe(["routes", "routes/routing.bin", "routes/routing.json"]);

        var view = (await MoeCommand.Run(_workspace, "routing", "routes", "--json")).Json;
        view.GetProperty("runId").GetString().ShouldBe(run.Json.GetProperty("runId").GetString());
        view.GetProperty("steps").GetArrayLength().ShouldBe(10);
        var last = view.GetProperty("steps")[9].GetProperty("expertSamples").EnumerateArray().Select(count => count.GetInt32()).ToArray();
        last.ShouldBe(Enumerable.Range(0, 8).Select(m => run.Json.GetProperty("dispatchCounts").EnumerateArray().Sum(row => row[m].GetInt32())));
        view.GetProperty("clusters").GetArrayLength().ShouldBe(4);
        (await MoeCommand.Run(_workspace, "routing", "routes")).Output.ShouldContain("10 recorded steps");

        var replay = await MoeCommand.Train(_workspace, "--replay-routing", "routes", "--json");
        replay.ExitCode.ShouldBe(0, string.Join('\n', replay.Errors));
        replay.Json.GetProperty("weightsSha256").GetString().ShouldBe(run.Json.GetProperty("weightsSha256").GetString());
        replay.Json.GetProperty("specHash").GetString().ShouldNotBe(run.Json.GetProperty("specHash").GetString());

        await Refused("--replay-routing: ", "has 10 steps, but training.steps is 11: train at most 10 steps", "train", "--set", "data.train=2000", "--steps", "11", "--replay-routing", "routes");
        await Refused("--record-routing: folder 'routes' has a routing.bin already; name another", "", "train", "--record-routing", "routes");
        await ReadByTheLinesOfTheDocument(last);
    }

    [Fact]
    public async Task Bad_options_are_refused_in_one_line()
    {
        await Refused("--replay-routing: none/routing.bin: no such file", "", "train", "--replay-routing", "none");
        await Refused("--record-routing-every: needs --record-routing DIR", "", "train", "--record-routing-every", "1");
        await Refused("--record-routing-every: must be 1 to", "got 0", "train", "--record-routing", "a", "--record-routing-every", "0");
        await Refused("--record-routing: 'out/routes' is the folder of --output, or in it; name another", "", "train", "--record-routing", "out/routes", "--output", "out");
        await Refused("--record-routing: the command that follows the run writes its record; leave out --detach", "", "train", "--record-routing", "a", "--detach", "--connect", "127.0.0.1:1");
        await Refused("routing: none: holds no record of routing: there is no routing.json", "", "routing", "none");
        _workspace.Entries.ShouldBeEmpty();
    }

    private async Task Refused(string start, string part, params string[] arguments)
    {
        var result = await MoeCommand.Run(_workspace, arguments);
        result.ExitCode.ShouldBe(2);
        var line = result.Errors.ShouldHaveSingleItem();
        line.ShouldStartWith(start);
        line.ShouldContain(part);
    }

    /// <summary>The Python lines of docs/routing.md read the record; not checked if there is no python3.</summary>
    private async Task ReadByTheLinesOfTheDocument(int[] last)
    {
        var text = await File.ReadAllTextAsync(Document(), TestContext.Current.CancellationToken);
        var lines = Regex.Match(text, "```python\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        lines.TrimEnd().Split('\n').Length.ShouldBeLessThanOrEqualTo(10);
        Process python;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-c", $"{lines}\nprint('last', [list(expert).count(m) for m in range(8)])"]) { WorkingDirectory = _workspace.Path, RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("no python3: the lines of docs/routing.md were not run");
            return;
        }

        using (python)
        {
            var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            output.ShouldEndWith($"last [{string.Join(", ", last)}]\n");
        }
    }

    private static string Document()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, "docs", "routing.md") is var path && File.Exists(path)) return path;
        }

        throw new FileNotFoundException("docs/routing.md");
    }
}
