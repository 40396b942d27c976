using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Tests.Folder;

/// <summary>metrics.csv while a run trains, and what becomes of it.</summary>
public sealed class GrowingMetricsTests : IDisposable
{
    private static readonly RunSpec s_spec = new();
    private static readonly string s_specification = RunSpecJson.Write(s_spec);

    private readonly Workspace _workspace = new();
    private readonly List<string> _notes = [];

    private string Folder => _workspace.At("out");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void Every_step_is_in_the_file_as_soon_as_it_is_known()
    {
        using var metrics = Metrics();
        _workspace.Entries.ShouldBeEmpty();
        for (var steps = 1; steps <= 3; steps++)
        {
            metrics.Update(Steps(steps));
            Written().ShouldBe(Csv(steps));
        }

        UnfinishedRun.Find(Folder)!.SpecHash.ShouldBe(SpecHash.Of(s_spec));
        SavedRun.IsIn(Folder).ShouldBeFalse();
        _notes.ShouldBeEmpty();
    }

    [Fact]
    public void The_rows_of_a_run_that_restarts_are_written_again()
    {
        using var metrics = Metrics();
        metrics.Update(Steps(5));
        metrics.Update([]);
        Written().ShouldBe(Csv(0));
        metrics.Update(Steps(2, loss: 7));
        Written().ShouldBe(Csv(2, loss: 7));
    }

    [Fact]
    public void A_run_that_was_killed_is_replaced_by_the_same_run_alone()
    {
        using (var killed = Metrics()) killed.Update(Steps(2));
        Open(s_spec);
        Should.Throw<RunFolderException>(() => Open(s_spec with { Training = s_spec.Training with { Seed = 9 } })).Message.ShouldContain("has an unfinished run of another specification; name another, or add --overwrite");
        RunFolder.Open(Folder, overwrite: true);
        Should.Throw<UnreadableFileException>(() => SavedRun.Read(Folder)).Message.ShouldContain("holds an unfinished run: there is no summary.json; metrics.csv has its steps so far");

        using var again = Metrics();
        again.Update(Steps(1));
        Written().ShouldBe(Csv(1));
    }

    [Fact]
    public void The_files_of_the_finished_run_take_the_place_of_its_own_metrics_and_nothing_else()
    {
        using var metrics = Metrics();
        var folder = Open(s_spec);
        metrics.Update(Steps(2));
        metrics.Dispose();
        _workspace.Write("out/notes.txt", "mine");
        folder.WriteUnevaluated(Run(s_spec, steps: 3));
        Written().ShouldBe(Csv(3));
        File.Exists(_workspace.At("out", "notes.txt")).ShouldBeTrue();

        // Now there are weights: no run replaces them.
        UnfinishedRun.Find(Folder).ShouldBeNull();
        Should.Throw<RunFolderException>(() => Open(s_spec)).Message.ShouldContain("is not empty");
    }

    [Fact]
    public void A_folder_that_another_command_writes_to_is_left_to_it()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows shows a test's own open file to the test.");
        var mine = Open(s_spec);
        using var other = Metrics();
        other.Update(Steps(4));

        Should.Throw<RunFolderException>(() => Open(s_spec)).Message.ShouldBe($"another command writes its run to folder '{Folder}' now; name another");
        // Not even to overwrite it.
        Should.Throw<RunFolderException>(() => RunFolder.Open(Folder, overwrite: true, SpecHash.Of(s_spec), isShared: false)).Message.ShouldStartWith("another command writes");
        // Two commands that follow one named run share its folder: the second waits until the first is gone.
        RunFolder.Open(Folder, overwrite: false, SpecHash.Of(s_spec), isShared: true);
        using var second = Metrics();
        second.Update(Steps(5));
        Written().ShouldBe(Csv(4));

        Should.Throw<FilesElsewhereException>(() => mine.WriteUnevaluated(Run(s_spec, steps: 6)));
        Written().ShouldBe(Csv(4));
        Directory.Exists($"{Folder}-run").ShouldBeTrue();
    }

    [Fact]
    public void An_earlier_result_stays_until_the_run_has_ended()
    {
        RunFolder.Open(Folder, overwrite: false).WriteUnevaluated(Run(s_spec, steps: 1));
        using var metrics = Metrics();
        metrics.Update(Steps(9));
        Written().ShouldBe(Csv(1));
        _notes.ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_written_costs_the_run_nothing_and_is_said_once()
    {
        _workspace.Write("out", "a file in the place of the folder");
        using var metrics = Metrics();
        metrics.Update(Steps(1));
        metrics.Update(Steps(2));
        _notes.ShouldHaveSingleItem().ShouldStartWith($"warning: cannot write '{_workspace.At("out", "metrics.csv")}' yet");
    }

    private GrowingMetrics Metrics() => new(Folder, s_specification, TimeProvider.System, _notes.Add);

    private RunFolder Open(RunSpec spec) => RunFolder.Open(Folder, overwrite: false, SpecHash.Of(spec), isShared: false);

    private string Written()
    {
        using var stream = new FileStream(_workspace.At("out", "metrics.csv"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static StepRecord[] Steps(int count, double loss = 1) => [.. Enumerable.Range(0, count).Select(step => new StepRecord(step, loss, 50, 0.25, 1, 1, 2, 3, 4))];

    private static string Csv(int count, double loss = 1)
    {
        using var text = new StringWriter();
        MetricsFile.Write(text, Steps(count, loss));
        return text.ToString();
    }

    private static UnevaluatedRun Run(RunSpec spec, int steps) =>
        new("run", SpecHash.Of(spec), s_specification, Steps(steps), InitialWeights.Draw<float>(spec, 50, 4), steps, null, 0);
}
