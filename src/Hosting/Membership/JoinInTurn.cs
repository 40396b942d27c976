using MoeOrleans.Compute.Data;

namespace MoeOrleans.Hosting.Silos;

/// <summary>
/// Silos that share a folder join their cluster one after the other. Those of one machine start together; where two want to change the
/// list of silos in the same moment, Orleans lets one of them wait two or three seconds, and a turn takes a fraction of one.
/// </summary>
/// <param name="folder">The folder; where nothing can be written, nobody waits.</param>
internal sealed class JoinInTurn(string folder) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(10);

    // A silo that cannot join holds up nobody for longer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // It stays until the shared data are cleared: two could hold a file that each turn's end deletes.
    private readonly string _path = Path.Combine(SharedData.RootOf(folder), "joining");
    private FileStream? _turn;

    public void Participate(ISiloLifecycle observer)
    {
        // In the stage after this one Orleans enters the silo into the list.
        observer.Subscribe(nameof(JoinInTurn), ServiceLifecycleStage.RuntimeGrainServices - 1, Take, GiveBack);
        observer.Subscribe(nameof(JoinInTurn), ServiceLifecycleStage.BecomeActive + 1, GiveBack);
    }

    public void Dispose() => _turn?.Dispose();

    private async Task Take(CancellationToken cancelled)
    {
        if (!Directory.Exists(folder)) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        patience.CancelAfter(s_patience);
        while (!patience.IsCancellationRequested)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                // The system ends it with the process.
                _turn = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                return;
            }
            catch (IOException) when (File.Exists(_path))
            {
                await Task.Delay(s_poll, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private Task GiveBack(CancellationToken cancelled)
    {
        _turn?.Dispose();
        _turn = null;
        return Task.CompletedTask;
    }
}
