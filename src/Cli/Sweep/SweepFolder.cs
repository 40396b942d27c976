using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Reproduce;
using MoeOrleans.Hosting;
using MoeOrleans.Reports.Groups;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Sweep;

/// <summary>The folder of a sweep: its runs, and sweep.json with the groups.</summary>
internal sealed class SweepFolder
{
    private SweepFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>The runs in it.</summary>
    public FinishedRuns Runs => new(Path);

    /// <summary>Opens a folder, which may have runs that an earlier command finished.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="ConfigurationException">The path is no folder, or the folder cannot be written to.</exception>
    public static SweepFolder Open(string path, string option)
    {
        try
        {
            return new SweepFolder(RunFolder.Open(path, overwrite: true).Path);
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Writes sweep.json. A new file is moved over the old one, so that it is never half written.</summary>
    public void Write(IReadOnlyList<RunGroup> groups)
    {
        var path = System.IO.Path.Combine(Path, "sweep.json");
        File.WriteAllText($"{path}.new", $"{JsonOutput.Text(groups)}\n");
        File.Move($"{path}.new", path, overwrite: true);
    }
}
