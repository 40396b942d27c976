using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Runs.Folder;

/// <summary>What a run leaves in its folder if it is killed: its specification and the steps that it had done. It has neither weights nor a summary.</summary>
/// <param name="SpecHash">Hash of its specification.</param>
internal sealed record UnfinishedRun(string SpecHash)
{
    // Only a run that has trained writes them.
    private static readonly string[] s_filesOfResults = [RunFolder.Weights, RunFolder.Best, RunFolder.Record, RunFolder.Summary];

    /// <summary>Whether a folder has a result of a run, whole or in part.</summary>
    /// <param name="folder">The folder.</param>
    public static bool HasResults(string folder) => s_filesOfResults.Any(file => Path.Exists(Path.Combine(folder, file)));

    /// <summary>The unfinished run in a folder; null if the folder holds none.</summary>
    /// <param name="folder">The folder.</param>
    public static UnfinishedRun? Find(string folder)
    {
        var specification = Path.Combine(folder, RunFolder.Specification);
        if (HasResults(folder) || !File.Exists(specification) || !File.Exists(Path.Combine(folder, RunFolder.Metrics))) return null;
        try
        {
            return new UnfinishedRun(Compute.Specification.SpecHash.Of(RunSpecJson.Parse(RegularFile.ReadText(specification), specification)));
        }
        catch (Exception failure) when (failure is UnreadableFileException or SpecificationException or IOException or UnauthorizedAccessException)
        {
            // Whatever it is, it is not replaced.
            return null;
        }
    }

    /// <summary>Whether a command that goes on writes the metrics of a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsBeingWritten(string folder)
    {
        try
        {
            // Refused as long as another has the file open.
            using var metrics = new FileStream(Path.Combine(folder, RunFolder.Metrics), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
