using System.Text;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Folder;

/// <summary>
/// metrics.csv while a run trains: it can be watched with tail, and a run that is killed leaves its steps. A run does not need it, so what
/// cannot be written is tried again later; the complete files are written in the end.
/// </summary>
/// <param name="folder">The folder of the run's files. If it has the result of an earlier run, that stays until this one has ended.</param>
/// <param name="specification">The specification as JSON.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Receives one line if the file cannot be written.</param>
internal sealed class GrowingMetrics(string folder, string specification, TimeProvider time, Action<string> note) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The file, if it has steps of this run; otherwise null.</summary>
    public string? Written { get; private set; }

    private StreamWriter? _metrics;
    private int _written;
    private long? _refusedAt;
    private bool _noted;

    /// <summary>Adds the steps that are new. All are written again after a restart of the run.</summary>
    /// <param name="records">The steps done, from the first.</param>
    public void Update(IReadOnlyList<StepRecord> records)
    {
        if (records.Count == _written || (_refusedAt is { } at && time.GetElapsedTime(at) < s_pause)) return;
        try
        {
            if (records.Count < _written) Close();
            if ((_metrics ??= Open()) is not { } metrics) return;
            MetricsFile.WriteRows(metrics, records.Skip(_written));
            // A process that is killed loses what it has not handed over.
            metrics.Flush();
            (_written, Written) = (records.Count, Path.Combine(folder, RunFolder.Metrics));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Refuse();
            if (!_noted) note($"warning: cannot write '{Path.Combine(folder, RunFolder.Metrics)}' yet: {failure.Message.ReplaceLineEndings(" ").TrimEnd('.')}; the run goes on");
            _noted = true;
        }
    }

    /// <summary>Ends the writing. What was written stays.</summary>
    public void Dispose() => Close();

    // Null if the file is not this run's to write.
    private StreamWriter? Open()
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, RunFolder.Metrics);
        // Another command may follow the same run. If it is killed, this one goes on.
        if (UnfinishedRun.HasResults(folder) || UnfinishedRun.IsBeingWritten(folder))
        {
            Refuse();
            return null;
        }

        File.WriteAllText(Path.Combine(folder, RunFolder.Specification), specification, s_utf8);
        var writer = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read), s_utf8);
        MetricsFile.WriteHeader(writer);
        return writer;
    }

    private void Refuse()
    {
        Close();
        _refusedAt = time.GetTimestamp();
    }

    private void Close()
    {
        var metrics = _metrics;
        (_metrics, _written) = (null, 0);
        try
        {
            metrics?.Dispose();
        }
        catch (IOException)
        {
            // The disk is still full: the rest is lost with the writer, and written again later.
        }
    }
}
