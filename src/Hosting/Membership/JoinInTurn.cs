using MoeOrleans.Compute.Data;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Membership;

/// <summary>
/// Silos that share a folder join their cluster one after the other. The silos of one machine start together; if two change Orleans' list of
/// silos in the same moment, one of them waits two or three seconds. A turn takes a fraction of a second.
/// </summary>
/// <param name="folder">The shared folder. If a silo cannot write to it, the silo joins without a turn.</param>
/// <param name="time">The clock.</param>
internal sealed class JoinInTurn(string folder, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);

    // A silo that cannot join holds up the others for no longer than this.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    // The file stays until the shared data are cleared: if each turn deleted it, two silos could hold different files of the same name.
    private readonly string _path = Path.Combine(SharedData.RootOf(folder), "joining");
    private FileStream? _turn;

    public void Participate(ISiloLifecycle observer)
    {
        // In the stage after this one Orleans writes the silo into its list.
        observer.Subscribe(nameof(JoinInTurn), ServiceLifecycleStage.RuntimeGrainServices - 1, Take, Release);
        observer.Subscribe(nameof(JoinInTurn), ServiceLifecycleStage.BecomeActive + 1, Release);
    }

    public void Dispose() => _turn?.Dispose();

    private async Task Take(CancellationToken cancelled)
    {
        if (!Directory.Exists(folder)) return;
        var poll = new RetryPolicy(time) { FirstPause = s_poll, LongestPause = s_poll, Deadline = s_deadline };
        _ = await poll.Until(_ => Task.FromResult(TryTake()), cancelled);
    }

    /// <summary>Whether this silo has the turn, or needs none.</summary>
    private bool TryTake()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            // The system closes the file when the process ends, however it ends.
            _turn = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (IOException) when (File.Exists(_path))
        {
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private Task Release(CancellationToken cancelled)
    {
        _turn?.Dispose();
        _turn = null;
        return Task.CompletedTask;
    }
}
