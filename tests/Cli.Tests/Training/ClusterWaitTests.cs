using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;

namespace MoeOrleans.Cli.Tests.Training;

/// <summary>moe train --min-silos: a command that waits for the silos of a cluster.</summary>
public sealed class ClusterWaitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _notes = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_once_the_cluster_answers_and_has_the_silos()
    {
        var calls = 0;
        await Pass(Wait(3, TimeSpan.FromMinutes(1)).Until(
            () => ++calls switch { 1 => throw new ClusterUnavailableException("no answer"), 2 => Task.FromResult(2), _ => Task.FromResult(3) }, Cancelled));
        calls.ShouldBe(3);
        _notes.ShouldBe(["waiting for 3 silos: no answer", "waiting for 3 silos: the cluster has 2"]);
    }

    [Fact]
    public async Task At_its_limit_it_says_what_is_missing_also_if_an_attempt_has_no_end()
    {
        var wait = Wait(3, TimeSpan.FromSeconds(10));
        (await Should.ThrowAsync<TimeoutException>(Pass(wait.Until(() => Task.FromResult(2), Cancelled)))).Message.ShouldBe("--min-silos: waited 10 s for 3 silos: the cluster has 2");
        // An attempt has no token. If it fails after the limit, it is not told any more.
        (await Should.ThrowAsync<TimeoutException>(Pass(wait.Until(() => new TaskCompletionSource<int>().Task, Cancelled)))).Message
            .ShouldBe("--min-silos: waited 10 s for 3 silos: the cluster does not answer");
    }

    [Fact]
    public async Task It_ends_at_once_at_what_no_wait_mends_and_if_it_is_interrupted()
    {
        var wait = Wait(1, Timeout.InfiniteTimeSpan);
        (await Should.ThrowAsync<ConfigurationException>(wait.Until(() => throw new ConfigurationException("another version"), Cancelled))).Message.ShouldBe("another version");
        using var interruption = new CancellationTokenSource();
        var waiting = wait.Until(() => Task.FromResult(0), interruption.Token);
        await interruption.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Theory]
    [InlineData("--min-silos: waits for silos of a cluster", "--min-silos", "3")]
    [InlineData("--min-silos: waits for silos of a cluster", "--min-silos", "3", "--silos", "3")]
    [InlineData("--min-silos: must be 1 to 1,000; got 0", "--min-silos", "0", "--connect", "127.0.0.1:1")]
    [InlineData("--wait-seconds: must be 1 to 86,400; got 0", "--min-silos", "1", "--wait-seconds", "0", "--connect", "127.0.0.1:1")]
    [InlineData("--wait-seconds: needs --min-silos N", "--wait-seconds", "5", "--connect", "127.0.0.1:1")]
    [InlineData("--connect: there is no host 'no.such.host.invalid'", "--connect", "no.such.host.invalid:30000")]
    public async Task A_wait_that_cannot_be_is_refused_in_one_line(string expected, params string[] options)
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Train(workspace, options);
        (result.ExitCode, result.Output).ShouldBe((2, ""));
        result.Errors.ShouldHaveSingleItem().ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("127.0.0.1:1", "no silo of a cluster 'moe' answers at 127.0.0.1:1: the connection is refused")]
    [InlineData("no.such.host.invalid:30000", "there is no host 'no.such.host.invalid'")]
    [InlineData("127.0.0.1:1", "no silo of a cluster 'moe' answers at 127.0.0.1:1: the connection is refused", "--detach")]
    public async Task A_cluster_that_does_not_come_is_a_failure_that_may_be_repeated(string endpoint, string reason, params string[] more)
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Train(workspace, ["--connect", endpoint, "--min-silos", "2", "--wait-seconds", "2", .. more]);
        (result.ExitCode, result.Output).ShouldBe((1, ""));
        result.Errors.ShouldBe([$"waiting for 2 silos: {reason}", $"moe: --min-silos: waited 2 s for 2 silos: {reason}"]);
    }

    [Fact]
    public async Task A_cluster_that_has_the_silos_gets_the_run_at_once()
    {
        await using var cluster = await ClusterOfOne.Start();
        using var workspace = new Workspace();
        string[] options = ["--connect", cluster.Endpoint, "--wait-seconds", "60", "--min-silos"];
        var trained = await MoeCommand.Train(workspace, [.. options, "1"]);
        trained.ExitCode.ShouldBe(0, string.Join('\n', trained.Errors));
        trained.Errors.ShouldAllBe(line => !line.StartsWith("waiting", StringComparison.Ordinal));
        using var missing = MoeProcess.StartWith([], workspace, [.. MoeProcess.SmallRun, .. options, "2"]);
        await missing.WaitForError("waiting for 2 silos: the cluster has 1");
    }

    [Fact]
    public async Task A_signal_ends_the_wait_and_the_variable_is_the_default_of_connect_unless_silos_are_typed()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no kill.");
        using var workspace = new Workspace();
        using var waiting = Start("127.0.0.1:1", "--min-silos", "1");
        await waiting.WaitForError("waiting for 1 silo: no silo of a cluster 'moe' answers at 127.0.0.1:1");
        await waiting.Signal("TERM");
        var ended = await waiting.End();
        (ended.ExitCode, ended.Errors[^1]).ShouldBe((130, "moe: interrupted before the first step"));

        using var wrong = Start("nowhere");
        (await wrong.End()).Errors.ShouldHaveSingleItem().ShouldStartWith("MOE__CONNECT: must be HOST:PORT");
        using var typed = Start("nowhere", "--silos", "2", "--name", "may");
        (await typed.End()).Errors.ShouldHaveSingleItem().ShouldStartWith("--name: only a cluster remembers names");

        MoeProcess Start(string variable, params string[] options) => MoeProcess.StartWith([new("MOE__CONNECT", variable)], workspace, [.. MoeProcess.SmallRun, .. options]);
    }

    // The console is the whole process', and commands of other tests write to it.
    private ClusterWait Wait(int silos, TimeSpan limit) => new(silos, limit, _time, _notes.Add);

    /// <summary>Lets time pass until the wait has ended.</summary>
    private async Task Pass(Task wait)
    {
        while (!wait.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, Cancelled);
        }

        await wait;
    }
}
