using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Reproduce;

/// <summary>The finished runs of a plan: a folder for each in the folder <c>runs</c>, so that a plan can be continued.</summary>
/// <param name="path">The folder that has the folder <c>runs</c>.</param>
internal sealed class FinishedRuns(string path)
{
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
        Directory.CreateDirectory(Path.Combine(path, "runs"));
        RunFolder.Open(FolderOf(planned), overwrite: true).Write(result.Record, result.Weights, result.BestWeights);
    }

    private string FolderOf(PlannedRun planned) => Path.Combine(path, "runs", planned.Name);
}
