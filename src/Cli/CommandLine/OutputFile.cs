using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>A file that a command writes. It is never half written.</summary>
internal sealed class OutputFile
{
    private readonly bool _overwrite;

    private OutputFile(string path, bool overwrite) => (Path, _overwrite) = (path, overwrite);

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Checks, before anything is computed, that the file can be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether the file may exist.</param>
    /// <param name="option">The option that names it: errors begin with it.</param>
    /// <param name="inputs">Files that are read: they are never overwritten.</param>
    public static OutputFile Open(string path, bool overwrite, string option, params IEnumerable<string> inputs)
    {
        if (Directory.Exists(path)) throw new ConfigurationException($"{option}: '{path}' is a folder; name a file");
        if (File.Exists(path) && !overwrite) throw new ConfigurationException($"{option}: there is a file '{path}'; name another, or add --overwrite");
        if (inputs.Any(input => System.IO.Path.GetFullPath(input) == System.IO.Path.GetFullPath(path))) throw new ConfigurationException($"{option}: '{path}' is read, and would be overwritten; name another file");
        var file = new OutputFile(System.IO.Path.GetFullPath(path), overwrite);
        try
        {
            // Only an attempt shows permissions and read-only file systems.
            var probe = file.Temporary();
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(failure is PathTooLongException
                ? $"{option}: '{path}' is too long; name a file with a shorter name"
                : $"{option}: nothing can be created in '{System.IO.Path.GetDirectoryName(file.Path)}'; name another file");
        }

        return file;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="write">Writes it to the path it is given.</param>
    public void Write(Action<string> write)
    {
        var temporary = Temporary();
        try
        {
            write(temporary);
            File.Move(temporary, Path, _overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // Not shorter than the file's name, so that a name too long for the file system fails here.
    private string Temporary() => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, $".{System.IO.Path.GetFileName(Path)}.{System.IO.Path.GetRandomFileName()}");
}
