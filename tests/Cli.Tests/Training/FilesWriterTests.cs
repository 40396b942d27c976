using MoeOrleans.Cli.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Tests.Training;

/// <summary>A run whose files cannot be written, such as on a full disk. A file where the folder has to be made stands for it.</summary>
public sealed class FilesWriterTests : IClassFixture<TrainedRun>, IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly RunResult _result;
    private readonly FilesWriter _writer;

    public FilesWriterTests(TrainedRun run)
    {
        var saved = SavedRun.Read(run.Workspace.At("run"));
        _result = new RunResult(saved.Spec, saved.Record, saved.Weights, saved.BestWeights);
        _writer = new FilesWriter(RunFolder.Open(_workspace.At("disk", "out"), overwrite: false), () => _workspace.At("state"), TimeProvider.System);
        _workspace.Write("disk", "full");
    }

    private void Write(RunFolder folder) => folder.Write(_result.Record, _result.Weights, _result.BestWeights);

    private string RunId => _result.Summary.RunId;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_weights_go_to_the_state_folder_and_the_line_says_so()
    {
        var elsewhere = _workspace.At("state", "runs", RunId);

        var failure = await Should.ThrowAsync<IOException>(_writer.Write(RunId, Write, isKeptByCluster: false, TestContext.Current.CancellationToken));

        failure.Message.ShouldStartWith($"cannot write the run's files to '{_workspace.At("disk", "out")}': ");
        failure.Message.ShouldEndWith($"; they are in '{elsewhere}'");
        SavedRun.Read(elsewhere).Weights.Sha256().ShouldBe(_result.Weights.Sha256());
    }

    [Fact]
    public async Task If_that_is_full_too_they_wait_for_room()
    {
        _workspace.Write("state", "full");
        var writing = _writer.Write(RunId, Write, isKeptByCluster: false, TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        writing.IsCompleted.ShouldBeFalse();
        File.Delete(_workspace.At("disk"));

        await writing;

        SavedRun.Read(_workspace.At("disk", "out")).Weights.Sha256().ShouldBe(_result.Weights.Sha256());
    }

    [Fact]
    public async Task A_disk_that_fills_up_in_any_file_is_a_full_disk()
    {
        using var full = new FullStream(room: 100);
        Should.Throw<IOException>(() => _result.Record.Write(full)).ShouldBeSameAs(full.Refusal);

        var elsewhere = _workspace.At("state", "runs", RunId);
        var failure = await Should.ThrowAsync<IOException>(_writer.Write(
            RunId, folder => { if (folder.Path != elsewhere) _result.Record.Write(full); else Write(folder); }, isKeptByCluster: false, TestContext.Current.CancellationToken));
        failure.Message.ShouldEndWith($"; they are in '{elsewhere}'");
    }

    [Fact]
    public async Task The_user_may_give_them_up()
    {
        _workspace.Write("state", "full");
        using var interruption = new CancellationTokenSource();
        var writing = _writer.Write(RunId, Write, isKeptByCluster: false, interruption.Token);
        await interruption.CancelAsync();

        (await Should.ThrowAsync<IOException>(writing)).Message.ShouldEndWith("; given up");
    }

    [Fact]
    public async Task What_a_cluster_keeps_is_fetched()
    {
        var failure = await Should.ThrowAsync<IOException>(_writer.Write(RunId, Write, isKeptByCluster: true, TestContext.Current.CancellationToken));

        failure.Message.ShouldEndWith($"; the cluster keeps the run: 'moe fetch {RunId} --output DIR' writes its files");
        _workspace.Entries.ShouldBe(["disk"]);
    }

    /// <summary>A file on a disk that fills up.</summary>
    private sealed class FullStream(long room) : MemoryStream
    {
        public IOException Refusal { get; } = new("No space left on device");

        // MemoryStream sends spans here too where it is derived from.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room) throw Refusal;
            base.Write(buffer, offset, count);
        }
    }
}
