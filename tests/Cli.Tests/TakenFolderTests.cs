using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Tests;

/// <summary>A folder that was empty when the run began, and is not when it ends.</summary>
public sealed class TakenFolderTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void What_came_first_stays_and_the_runs_files_are_complete_beside_it()
    {
        using var workspace = new Workspace();
        var saved = SavedRun.Read(run.Workspace.At("run"));
        var folder = RunFolder.Open(workspace.At("out"), overwrite: false);
        workspace.Write("out/other.txt", "");

        var beside = workspace.At($"out-{saved.Record.Summary.RunId}");
        Should.Throw<IOException>(() => folder.Write(saved.Record, saved.Weights)).Message
            .ShouldBe($"folder '{workspace.At("out")}' now has files of another run, which stay; the run's files are in '{beside}'");

        Directory.GetFileSystemEntries(workspace.At("out")).ShouldBe([workspace.At("out", "other.txt")]);
        SavedRun.Read(beside).Weights.Sha256().ShouldBe(saved.Weights.Sha256());
    }
}
