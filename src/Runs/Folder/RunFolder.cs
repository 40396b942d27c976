using System.Globalization;
using System.Text;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;

namespace MoeOrleans.Runs.Folder;

/// <summary>
/// The folder of a run's files. They are written to a temporary folder and then moved, so no file is ever half
/// written; only metrics.csv grows during the run (<see cref="GrowingMetrics"/>). summary.json is moved last: if it exists, so do the others.
/// </summary>
public sealed class RunFolder
{
    internal const string Specification = "specification.json";
    internal const string Metrics = "metrics.csv";
    internal const string Summary = "summary.json";
    internal const string Record = "run.msgpack";
    internal const string Weights = "weights.safetensors";
    internal const string Best = "best-weights.safetensors";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly bool _overwrite;

    private RunFolder(string path, bool overwrite) => (Path, _overwrite) = (path, overwrite);

    /// <summary>Names of the files that every run has.</summary>
    public static IReadOnlyList<string> Files { get; } = [Specification, Metrics, Weights, Record, Summary];

    // In the order in which they are moved into place.
    private static string[] FilesAndBest { get; } = [Specification, Metrics, Weights, Best, Record, Summary];

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Checks, before a run starts, that its files can be written. Nothing is left behind.</summary>
    /// <param name="path">The folder: absent, empty, with an unfinished run of the same specification, or any with <paramref name="overwrite"/>.</param>
    /// <param name="overwrite">Whether files of an earlier run may be replaced.</param>
    /// <exception cref="RunFolderException">The files cannot be written.</exception>
    public static RunFolder Open(string path, bool overwrite) => Open(path, overwrite, specHash: null, isShared: true);

    /// <summary>Checks, before a run starts, that its files can be written. Nothing is left behind.</summary>
    /// <param name="path">The folder: absent, empty, with an unfinished run of the same specification, or any with <paramref name="overwrite"/>.</param>
    /// <param name="overwrite">Whether files of an earlier run may be replaced.</param>
    /// <param name="specHash">Hash of the run's specification; null if it is not known yet.</param>
    /// <param name="isShared">Whether another command may follow the same run and write to the same folder.</param>
    /// <exception cref="RunFolderException">The files cannot be written.</exception>
    internal static RunFolder Open(string path, bool overwrite, string? specHash, bool isShared)
    {
        try
        {
            var folder = new RunFolder(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)), overwrite);
            folder.Check(path, specHash, isShared);
            return folder;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new RunFolderException($"cannot write to '{path}': {failure.Message}");
        }
    }

    /// <summary>Writes all files.</summary>
    /// <param name="record">The run.</param>
    /// <param name="weights">Its final weights.</param>
    /// <param name="best">Its weights of the smallest loss; null if they were not kept.</param>
    /// <exception cref="IOException">They cannot be written, or not into this folder; the message then says where they are.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there.</exception>
    public void Write(RunRecord record, MixtureWeights<float> weights, MixtureWeights<float>? best = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(weights);
        WriteOnce(new(record.Summary.RunId, record.Summary.SpecHash, IsShared: record.Summary.Name is not null), folder => WriteFiles(folder, record, weights, best));
    }

    /// <summary>Writes the specification, the metrics and the weights of a run without a summary: 'moe eval' can read them.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="IOException">They cannot be written, or not into this folder.</exception>
    internal void WriteUnevaluated(UnevaluatedRun run) => WriteOnce(new(run.RunId, run.SpecHash, IsShared: false), folder => WriteFiles(folder, run));

    private void WriteOnce(Writer run, Action<string> write)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path) ?? Path);
        if (!_overwrite && HasEntries(Path) && !IsOf(run))
        {
            // Another run has written its files first. This run may have taken days, so its files are written elsewhere.
            var beside = new RunFolder($"{Path}-{run.RunId}", overwrite: false);
            beside.WriteOnce(run, write);
            throw new FilesElsewhereException($"folder '{Path}' now has files of another run, which stay; the run's files are in '{beside.Path}'");
        }

        var temporary = Directory.CreateDirectory(TemporaryPath()).FullName;
        try
        {
            write(temporary);
        }
        catch
        {
            DeleteDraft(temporary);
            throw;
        }

        try
        {
            MoveIntoPlace(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A run may have taken days: its files are complete, and stay.
            throw new FilesElsewhereException($"cannot move the run's files to '{Path}': {failure.Message.TrimEnd('.')}; they are in '{temporary}'", failure);
        }
    }

    // What the run itself has written while it trained, or what is left of it since it was killed.
    private bool IsOf(Writer run) => UnfinishedRun.Find(Path)?.SpecHash == run.SpecHash && (run.IsShared || !UnfinishedRun.IsBeingWritten(Path));

    private static bool HasEntries(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    private void Check(string typed, string? specHash, bool isShared)
    {
        if (new FileInfo(Path).LinkTarget is { } target && !Directory.Exists(Path))
            throw new RunFolderException($"'{typed}' is a link to '{target}', which is not a folder; name another");
        if (File.Exists(Path)) throw new RunFolderException($"'{typed}' is a file; name a folder");

        if (Directory.Exists(Path))
        {
            if (!isShared && UnfinishedRun.IsBeingWritten(Path))
                throw new RunFolderException($"another command writes its run to folder '{typed}' now; name another");
            if (!_overwrite && UnfinishedRun.Find(Path) is { } unfinished)
                CheckUnfinished(typed, unfinished, specHash);
            else if (!_overwrite && Directory.EnumerateFileSystemEntries(Path).FirstOrDefault() is { } entry)
                throw new RunFolderException($"folder '{typed}' is not empty, it has '{System.IO.Path.GetFileName(entry)}'; name another, or add --overwrite to replace the files of an earlier run");
            if (FilesAndBest.FirstOrDefault(file => Directory.Exists(System.IO.Path.Combine(Path, file))) is { } folder)
                throw new RunFolderException($"'{folder}' in '{typed}' is a folder, where a file has to be written; name another");
        }

        Probe(typed);
    }

    private static void CheckUnfinished(string typed, UnfinishedRun unfinished, string? specHash)
    {
        if (specHash is not null && specHash != unfinished.SpecHash)
            throw new RunFolderException($"folder '{typed}' has an unfinished run of another specification; name another, or add --overwrite to replace it");
    }

    // Permissions, read-only and full file systems, quotas: only an attempt shows them.
    private void Probe(string typed)
    {
        var (folder, missing) = (Path, (string?)null);
        while (!Directory.Exists(folder))
        {
            missing = folder;
            if (File.Exists(folder)) throw new RunFolderException($"cannot write to '{typed}': '{folder}' is a file; name another");
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new RunFolderException($"cannot write to '{typed}': there is no such root; name another");
        }

        // Under its own name, which may be too long for this file system.
        var probe = missing ?? System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
        }
        catch (PathTooLongException)
        {
            throw new RunFolderException($"cannot write to '{typed}': the name is too long; name another");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The exception names the probe, which the user does not know.
            throw new RunFolderException($"cannot write to '{typed}': nothing can be created in '{folder}'; name another");
        }
    }

    // Inside the folder if it exists: it may be a mount point, whose parent is another file system or not writable.
    private string TemporaryPath()
    {
        var name = $".moe.{System.IO.Path.GetRandomFileName()}";
        return System.IO.Path.Combine(Directory.Exists(Path) ? Path : System.IO.Path.GetDirectoryName(Path)!, name);
    }

    private static void WriteFiles(string folder, RunRecord record, MixtureWeights<float> weights, MixtureWeights<float>? best)
    {
        var summary = record.Summary;
        // The stopping step of the stop rule makes no update.
        WriteFiles(folder, new UnevaluatedRun(
            summary.RunId, summary.SpecHash, record.Specification, record.Steps, weights, summary.StopStep ?? summary.Steps, best, summary.BestLoss?.Step ?? 0));
        using (var stream = File.Create(System.IO.Path.Combine(folder, Record))) record.Write(stream);
        File.WriteAllText(System.IO.Path.Combine(folder, Summary), SummaryJson.Write(summary, indented: true) + "\n", s_utf8);
    }

    private static void WriteFiles(string folder, UnevaluatedRun run)
    {
        File.WriteAllText(At(Specification), run.Specification, s_utf8);
        using (var metrics = new StreamWriter(At(Metrics), append: false, s_utf8)) MetricsFile.Write(metrics, run.Steps);
        WriteWeights(Weights, run.Weights, run.Version);
        if (run.Best is not null) WriteWeights(Best, run.Best, run.BestVersion);

        string At(string file) => System.IO.Path.Combine(folder, file);

        void WriteWeights(string file, MixtureWeights<float> tensors, long version)
        {
            using var stream = File.Create(At(file));
            var metadata = new Dictionary<string, string>
            {
                [SavedWeights.SpecHashKey] = run.SpecHash,
                ["runId"] = run.RunId,
                [SavedWeights.VersionKey] = version.ToString(CultureInfo.InvariantCulture),
            };
            SafetensorsFile.Write(stream, [.. tensors.Tensors(), .. tensors.Standardization?.Tensors ?? []], metadata);
        }
    }

    // On a failing disk this fails too; the first failure is the one to report.
    private static void DeleteDraft(string temporary)
    {
        try
        {
            Directory.Delete(temporary, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void MoveIntoPlace(string temporary)
    {
        if (!Directory.Exists(Path))
        {
            Directory.Move(temporary, Path);
            return;
        }

        // Until the new summary is in place there is no summary: old and new files may be mixed.
        if (_overwrite) File.Delete(System.IO.Path.Combine(Path, Summary));
        foreach (var file in FilesAndBest)
        {
            var made = System.IO.Path.Combine(temporary, file);
            if (File.Exists(made))
                File.Move(made, System.IO.Path.Combine(Path, file), overwrite: _overwrite || file is Specification or Metrics);
            else if (_overwrite)
                File.Delete(System.IO.Path.Combine(Path, file));
        }

        Directory.Delete(temporary);
    }

    // A run that wants to write its files.
    private sealed record Writer(string RunId, string SpecHash, bool IsShared);
}
