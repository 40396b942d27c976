using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports;
using MoeOrleans.Reports.Page;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Page;

/// <summary>The reports of finished runs. The server makes a report when a browser asks for it, and keeps the last one.</summary>
/// <param name="source">The cluster.</param>
internal sealed class FinishedReports(PageSource source) : IDisposable
{
    // One at a time: a report needs the run's weights and its data.
    private readonly SemaphoreSlim _turn = new(1);
    private (string RunId, string Page)? _last;

    /// <summary>Maps /runs/ID/report.</summary>
    /// <param name="application">The application.</param>
    public void Map(WebApplication application) => application.MapGet("/runs/{id}/report", async (string id, CancellationToken cancelled) =>
    {
        try
        {
            return Results.Content(await Page(id, cancelled), "text/html; charset=utf-8");
        }
        catch (Exception failure) when (failure is ConfigurationException or RunFailedException or DataFileException)
        {
            return Results.Text($"There is no report of this run: {failure.Message.ReplaceLineEndings(" ")}\n", statusCode: StatusCodes.Status404NotFound);
        }
    });

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<string> Page(string id, CancellationToken cancelled)
    {
        await _turn.WaitAsync(cancelled);
        try
        {
            // The id may be a prefix or a name, which another run may have by now.
            var run = await source.Client.Find(id);
            if (_last is { } last && last.RunId == run.RunId) return last.Page;
            if (run.Info.State is QueueEntryState.Queued or QueueEntryState.Active)
                throw new ConfigurationException($"it has not ended; {run.Info.StepsDone} of {run.Info.Steps} steps are done");
            if (run.Info.Error is { } error) throw new ConfigurationException(error);
            var result = await run.GetResult(cancelled);
            // Analysis and drawing take a while, and this is a thread that others wait for.
            var page = await Task.Run(() => RunReport.Html(Finished(result)), cancelled);
            _last = (run.RunId, page);
            return page;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static FinishedRun Finished(RunResult result) => new(
        result.Spec, result.Summary, result.Record.Steps, result.Record.Products, result.Weights, ModelAnalysis.Of(result.Spec, result.Weights, Datasets.Load(result.Spec.Data)))
    {
        Loads = result.Record.Loads ?? [],
    };
}
