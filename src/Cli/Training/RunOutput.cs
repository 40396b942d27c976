using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Page;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Training;

/// <summary>Where a run's result goes.</summary>
/// <param name="folder">The folder for its files, or null.</param>
/// <param name="report">Whether it also gets a report.</param>
internal sealed class RunOutput(RunFolder? folder, bool report)
{
    /// <summary>Whether files are written.</summary>
    public bool Writes => folder is not null;

    /// <summary>Whether a report is written, which needs what was recorded for it.</summary>
    public bool Reports => report;

    /// <summary>Writes the files and shows the summary.</summary>
    /// <param name="result">What the run has made.</param>
    /// <param name="json">Whether the summary is for a script.</param>
    public void Write(RunResult result, bool json)
    {
        var spec = RunSpecJson.Parse(result.Record.Specification, $"run {result.Record.Summary.RunId}");
        try
        {
            folder?.Write(result.Record, result.Weights, result.BestWeights);
            if (report) RunReport.Write(result.Analyse(spec, Datasets.Load(spec.Data)), folder!.Path);
        }
        catch
        {
            // The result is shown even where its files cannot be written.
            Show(result.Record.Summary, spec, json);
            throw;
        }

        try
        {
            Show(result.Record.Summary, spec, json);
        }
        catch (IOException failure) when (folder is not null)
        {
            throw new IOException($"{failure.Message}; the run's files are in '{folder.Path}'", failure);
        }
    }

    private void Show(RunSummary summary, RunSpec spec, bool json)
    {
        if (json) Console.Out.WriteLine(SummaryJson.Write(summary, indented: false));
        else SummaryTable.Write(summary, spec, folder?.Path);
    }
}
