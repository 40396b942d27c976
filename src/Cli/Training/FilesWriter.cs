using MoeOrleans.Cli.Views;
using MoeOrleans.Hosting;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Training;

/// <summary>
/// Writes the files of a run. The command may be the only one that has the weights, so a full disk must not cost them: they go to the state
/// folder, or stay in memory until there is room.
/// </summary>
/// <param name="folder">The folder that the user asked for.</param>
/// <param name="stateFolder">The state folder.</param>
/// <param name="time">The clock.</param>
internal sealed class FilesWriter(RunFolder folder, Func<string> stateFolder, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Writes the files.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="write">Writes the files into a folder.</param>
    /// <param name="isKeptByCluster">Whether the run can be fetched again.</param>
    /// <param name="interrupted">Gives the files up.</param>
    /// <exception cref="IOException">The files are elsewhere or lost; the message says so.</exception>
    public async Task Write(string runId, Action<RunFolder> write, bool isKeptByCluster, CancellationToken interrupted)
    {
        try
        {
            write(folder);
        }
        catch (Exception failure) when (IsRefused(failure))
        {
            var reason = $"cannot write the run's files to '{folder.Path}': {Line(failure)}";
            if (isKeptByCluster) throw new IOException($"{reason}; the cluster keeps the run: 'moe fetch {runId} --output DIR' writes its files", failure);
            if (WriteToStateFolder(runId, write) is not { } refusal) throw new IOException($"{reason}; they are in '{StateFolderOf(runId)}'", failure);
            Consoles.Note($"{reason}; nor to the state folder: {refusal}; the weights stay in memory until there is room; Ctrl+C gives them up");
            // After a first Ctrl+C, which ended the run, a second one ends the process.
            await WaitForRoom(write, reason, interrupted.IsCancellationRequested ? CancellationToken.None : interrupted);
        }
    }

    private static bool IsRefused(Exception failure) => failure is (IOException and not FilesElsewhereException) or UnauthorizedAccessException;

    private static string Line(Exception failure) => failure.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private string StateFolderOf(string runId) => Path.Combine(stateFolder(), "runs", runId);

    // The reason if that fails too.
    private string? WriteToStateFolder(string runId, Action<RunFolder> write)
    {
        try
        {
            write(RunFolder.Open(StateFolderOf(runId), overwrite: true));
            return null;
        }
        catch (Exception failure) when (IsRefused(failure) || failure is RunFolderException or ConfigurationException)
        {
            return Line(failure);
        }
    }

    private async Task WaitForRoom(Action<RunFolder> write, string reason, CancellationToken interrupted)
    {
        while (true)
        {
            try
            {
                await Task.Delay(s_pause, time, interrupted);
                write(folder);
                Consoles.Note($"there is room again: the run's files are in '{folder.Path}'");
                return;
            }
            catch (OperationCanceledException)
            {
                throw new IOException($"{reason}; given up");
            }
            catch (Exception failure) when (IsRefused(failure))
            {
            }
        }
    }
}
