namespace MoeOrleans.Tests;

/// <summary>An empty folder of its own that the command runs in, deleted at the end.</summary>
internal sealed class Workspace : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("moe-test-").FullName;

    /// <summary>All files and folders, to see what a command has written.</summary>
    public IEnumerable<string> Entries =>
        Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(entry => System.IO.Path.GetRelativePath(Path, entry)).Order();

    public string At(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
