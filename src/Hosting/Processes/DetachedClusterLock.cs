namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>
/// Held by the one command that starts or ends the cluster in a folder: of two that start one at the same time, the first would lose its
/// silos from sight.
/// </summary>
internal sealed class ClusterLock : IDisposable
{
    private readonly string _folder;
    private readonly FileStream _file;

    /// <summary>Takes it.</summary>
    /// <param name="folder">The folder, made where it is not there.</param>
    /// <param name="command">Who asks, for the message.</param>
    /// <exception cref="ConfigurationException">Another command has it.</exception>
    public ClusterLock(string folder, string command)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        try
        {
            // The system ends the lock where the process is killed.
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new ConfigurationException($"{command}: another 'moe cluster up' or 'moe cluster down' is at work; try again when it has ended");
        }
    }

    /// <summary>Gives it back, and leaves no empty folder.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!Directory.EnumerateFileSystemEntries(_folder).Any()) Directory.Delete(_folder);
    }
}
