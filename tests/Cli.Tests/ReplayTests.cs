namespace MoeOrleans.Cli.Tests;

public sealed class ReplayTests
{
    private static readonly string s_fixture = Path.Combine(AppContext.BaseDirectory, "replay");

    [Fact]
    public async Task A_replay_that_agrees_shows_the_largest_errors_of_both_precisions()
    {
        using var workspace = new Workspace();

        var result = await MoeProcess.Run(workspace, "train", "--replay", s_fixture);

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output.ShouldMatch(@"(?m)^\| double +\| .*\| 1e-10 +\| passed \|$");
        result.Output.ShouldMatch(@"(?m)^\| float +\| .*\| 1e-4 +\| passed \|$");
        workspace.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replay_that_differs_says_where_and_fails()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("other"));
        foreach (var file in Directory.EnumerateFiles(s_fixture)) File.Copy(file, workspace.At("other", Path.GetFileName(file)));
        // The file ends with the last loss.
        var losses = await File.ReadAllBytesAsync(workspace.At("other", "loss.npy"), TestContext.Current.CancellationToken);
        BitConverter.GetBytes(0.5).CopyTo(losses, losses.Length - sizeof(double));
        await File.WriteAllBytesAsync(workspace.At("other", "loss.npy"), losses, TestContext.Current.CancellationToken);

        var result = await MoeProcess.Run(workspace, "train", "--replay", "other");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldMatch(@"(?m)^double: loss: step \d+: .* expected 0\.5, ");
        result.Output.ShouldMatch(@"(?m)^\| float +\| .* passed \|$");
    }

    [Theory]
    [InlineData("--replay nowhere", "--replay: there is no folder 'nowhere'")]
    [InlineData("--replay .", "--replay: ")]
    [InlineData("--replay . --steps 5", "--steps: cannot be given with --replay")]
    public async Task A_replay_that_cannot_be_done_is_bad_input(string arguments, string expected)
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, ["train", .. arguments.Split(' ')]);

        result.Errors.ShouldHaveSingleItem().ShouldStartWith(expected);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
    }
}
