using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports;
using MoeOrleans.Reports.Page;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Training;

/// <summary>Where the result of a run goes.</summary>
/// <param name="folder">The folder for its files; null for none.</param>
/// <param name="report">Whether the folder also gets a report.</param>
/// <param name="metrics">The metrics that grow during the run; null if there is nothing to grow.</param>
/// <param name="events">The events for TensorBoard; null for none.</param>
internal sealed class RunOutput(RunFolder? folder, bool report, GrowingMetrics? metrics, EventFile? events) : IDisposable
{
    public bool WritesFiles => folder is not null;

    public bool WritesReport => report;

    public string? Folder => folder?.Path;

    /// <summary>Writes the metrics of a run that is trained and shows its progress.</summary>
    /// <param name="view">Shows the progress.</param>
    /// <param name="train">Trains, and reports the progress.</param>
    public async Task<RunResult> Watch(RunView view, Func<ProgressReport, Task<RunResult>> train)
    {
        try
        {
            return await view.Watch(show => train((progress, isStopping) =>
            {
                metrics?.Update(progress.Records);
                // The folder is this run's once its metrics are there.
                if (metrics?.Written is not null) events?.Update(progress.Records);
                show(progress, isStopping);
            }));
        }
        finally
        {
            // The files of the whole run take its place.
            metrics?.Dispose();
        }
    }

    public void Dispose()
    {
        metrics?.Dispose();
        events?.Dispose();
    }

    /// <summary>Analyses the final weights of a run, for a report.</summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="data">The data of the run.</param>
    public static FinishedRun Analyse(RunResult result, Dataset<float> data) =>
        new(result.Spec, result.Summary, result.Record.Steps, result.Record.Products, result.Weights, ModelAnalysis.Of(result.Spec, result.Weights, data))
        {
            Loads = result.Record.Loads ?? [],
        };

    /// <summary>Writes the files and shows the summary.</summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="json">Whether the summary is for a script.</param>
    /// <param name="isKeptByCluster">Whether the run can be fetched again.</param>
    /// <param name="interrupted">Gives files up that cannot be written.</param>
    public async Task Write(RunResult result, bool json, bool isKeptByCluster, CancellationToken interrupted)
    {
        try
        {
            if (folder is not null)
                await Writer(folder).Write(result.Summary.RunId, place => place.Write(result.Record, result.Weights, result.BestWeights), isKeptByCluster, interrupted);
            if (folder is not null) WriteEvents(result, folder.Path);
            if (report) WriteReport(result, folder!.Path);
        }
        catch
        {
            // The user sees the result even if its files cannot be written.
            Show(result, json, folder: null);
            throw;
        }

        try
        {
            Show(result, json, Folder);
        }
        catch (IOException failure) when (folder is not null)
        {
            throw new IOException($"{failure.Message}; the run's files are in '{folder.Path}'", failure);
        }
    }

    /// <summary>Writes what is left of a run that was trained and could not be evaluated.</summary>
    /// <param name="failure">The failure of the run.</param>
    /// <param name="isKeptByCluster">Whether the run can be fetched again.</param>
    /// <param name="interrupted">Gives files up that cannot be written.</param>
    /// <returns>The failure, which says where the files are.</returns>
    public async Task<RunFailedException> Write(RunFailedException failure, bool isKeptByCluster, CancellationToken interrupted)
    {
        if (failure.Trained is not { } run || folder is null)
            return metrics?.Written is { } steps ? new RunFailedException($"{failure.Message.TrimEnd('.')}; its steps are in '{steps}'", failure.State) { IsLost = failure.IsLost, FinalVersion = failure.FinalVersion } : failure;
        try
        {
            await Writer(folder).Write(run.RunId, place => place.WriteUnevaluated(run), isKeptByCluster, interrupted);
        }
        catch (IOException refused)
        {
            return new RunFailedException($"{failure.Message}; {refused.Message}", failure.State);
        }

        return new RunFailedException(
            $"{failure.Message}; specification, metrics and weights are in '{folder.Path}': 'moe eval --weights {Path.Combine(folder.Path, "weights.safetensors")}' evaluates them", failure.State);
    }

    private static FilesWriter Writer(RunFolder folder) => new(folder, StateFolder.Open, TimeProvider.System);

    private void WriteEvents(RunResult result, string folder)
    {
        try
        {
            if (events is not null) events.Complete(result.Record.Steps);
            else EventFile.Delete(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot write {EventFile.Name}: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; the run's files are in '{folder}'", failure);
        }
    }

    /// <summary>Writes the report of a run next to its files.</summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="folder">The folder of its files.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteReport(RunResult result, string folder)
    {
        try
        {
            RunReport.Write(Analyse(result, Datasets.Load(result.Spec.Data)), folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot write the report: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; the run's files are in '{folder}'", failure);
        }
    }

    /// <summary>Shows the summary.</summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="json">Whether the summary is for a script.</param>
    /// <param name="folder">The folder of its files; null for none.</param>
    public static void Show(RunResult result, bool json, string? folder)
    {
        if (json) Console.Out.WriteLine(SummaryJson.Write(result.Summary, indented: false));
        else SummaryTable.Write(result.Summary, result.Spec, folder);
        if (RunWarnings.Of(result.Spec, result.Summary) is { } warning) Consoles.Note($"warning: {warning}");
    }
}
