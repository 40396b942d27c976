namespace MoeOrleans.Hosting.Processes;

/// <summary>
/// Held by the one command that starts or stops the detached cluster. If two commands started one at the same time, the silos of the first
/// would be in no file, and no command could stop them.
/// </summary>
internal sealed class DetachedClusterLock : IDisposable
{
    private readonly string _folder;
    private readonly FileStream _file;

    /// <param name="folder">The folder; created if it does not exist.</param>
    /// <param name="command">The command, for the message.</param>
    /// <exception cref="ConfigurationException">Another command holds the lock.</exception>
    public DetachedClusterLock(string folder, string command)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        try
        {
            // The system closes the file when the process ends, however it ends.
            _file = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            throw new ConfigurationException($"{command}: another 'moe cluster up' or 'moe cluster down' is running; try again when it has ended");
        }
    }

    /// <summary>Releases the lock, and deletes the folder if it is empty.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!Directory.EnumerateFileSystemEntries(_folder).Any()) Directory.Delete(_folder);
    }
}
