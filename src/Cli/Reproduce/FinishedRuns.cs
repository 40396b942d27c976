using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>A folder with the runs of a plan: one for each finished run in the folder <c>runs</c>, so that a plan can be continued, and what is found of them.</summary>
internal sealed class FinishedRuns
{
    private FinishedRuns(string path) => Path = path;

    public string Path { get; }

    /// <summary>Opens a folder, which may have runs that an earlier command finished.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="ConfigurationException">The path is no folder, or the folder cannot be written to.</exception>
    public static FinishedRuns Open(string path, string option)
    {
        try
        {
            // Runs are only added; other files stay as they are.
            return new FinishedRuns(RunFolder.Open(path, overwrite: true).Path);
        }
        catch (RunFolderException failure)
        {
            throw new ConfigurationException($"{option}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>The runs of a plan that are done.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="ConfigurationException">A run's files are damaged.</exception>
    public IEnumerable<(PlannedRun Planned, SavedRun Saved)> Read(IReadOnlyList<PlannedRun> plan)
    {
        foreach (var planned in plan.Where(planned => SavedRun.IsIn(FolderOf(planned))))
        {
            SavedRun saved;
            try
            {
                saved = SavedRun.Read(FolderOf(planned));
            }
            catch (UnreadableFileException failure)
            {
                throw new ConfigurationException($"{failure.Message}; delete the folder to repeat the run");
            }

            // The run may be of another numerics version.
            if (saved.Record.Summary.SpecHash == SpecHash.Of(planned.Spec)) yield return (planned, saved);
        }
    }

    /// <summary>Writes a finished run.</summary>
    public void Keep(PlannedRun planned, RunResult result)
    {
        // Runs may end at the same time, and RunFolder.Open would probe the missing parent folder for each.
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "runs"));
        RunFolder.Open(FolderOf(planned), overwrite: true).Write(result.Record, result.Weights, result.BestWeights);
    }

    /// <summary>Writes a file of findings. A new file is moved over the old one, so that the file is never half written.</summary>
    public void Replace(string file, string text)
    {
        var path = System.IO.Path.Combine(Path, file);
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }

    private string FolderOf(PlannedRun planned) => System.IO.Path.Combine(Path, "runs", planned.Name);
}
