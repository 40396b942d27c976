using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Training;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Page;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Training;

/// <summary>The result of a named run that an earlier command has written: it is what this command was asked for.</summary>
/// <param name="run">The run.</param>
/// <param name="folder">Its folder.</param>
/// <param name="report">Whether the folder is to have a report.</param>
internal sealed class SavedResult(SavedRun run, string folder, bool report)
{
    /// <summary>Shows the summary, and writes the report if it is missing.</summary>
    /// <param name="json">Whether the summary is for a script.</param>
    /// <returns>The exit code.</returns>
    public int Show(bool json)
    {
        var summary = run.Record.Summary;
        var wasStopped = summary.StopReason == StopReason.Interrupted;
        Consoles.Note($"'{folder}' has the result of {summary.Name} already, which {(wasStopped ? "was stopped" : "has ended")}: nothing is trained");
        var result = new RunResult(run.Spec, run.Record, run.Weights, run.BestWeights);
        if (report && !File.Exists(Path.Combine(folder, ReportFolder.FileName))) RunOutput.WriteReport(result, folder);
        RunOutput.Show(result, json, folder);
        return wasStopped ? ExitCode.Interrupted : ExitCode.Done;
    }
}
