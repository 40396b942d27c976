using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Cli.Training;

/// <summary>Writes the record of routing of a run while the command follows it. What cannot be written costs the run nothing.</summary>
/// <param name="folder">The folder.</param>
/// <param name="interval">Steps between records.</param>
/// <param name="spec">The specification of the run.</param>
internal sealed class RoutingRecord(string folder, int interval, RunSpec spec) : IDisposable
{
    private RoutingFetch? _fetch;
    private RoutingFileWriter? _writer;
    private string? _failure;

    /// <summary>Steps between records.</summary>
    public int Interval => interval;

    /// <summary>Fetches and writes what the run has recorded since.</summary>
    /// <param name="run">The run.</param>
    public async Task Fetch(RunHandle run)
    {
        _fetch ??= run.Routing(spec);
        while (await _fetch.Next() is { } step)
        {
            // After a failure the steps are fetched all the same: the run would wait for it.
            if (_failure is not null) continue;
            try
            {
                _writer ??= new RoutingFileWriter(folder, spec);
                _writer.Add(step);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _failure = failure.Message.ReplaceLineEndings(" ").TrimEnd('.');
                Consoles.Note($"warning: cannot write the record of routing: {_failure}; the run goes on without it");
            }
        }
    }

    /// <summary>Completes the files, also of a run that failed; nothing if no step was recorded.</summary>
    /// <param name="runId">The run.</param>
    /// <exception cref="IOException">The record is incomplete.</exception>
    public void Complete(string runId)
    {
        if (_failure is null)
        {
            try
            {
                _writer?.Complete(runId);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _failure = failure.Message.ReplaceLineEndings(" ").TrimEnd('.');
            }
        }

        if (_failure is not null) throw new IOException($"cannot write the record of routing to '{folder}': {_failure}");
        if (_fetch is { IsGivenUp: true }) throw new IOException($"the record of routing in '{folder}' ends after {_writer?.Steps ?? 0} steps: the run did not wait longer for it to be fetched");
    }

    public void Dispose() => _writer?.Dispose();
}
