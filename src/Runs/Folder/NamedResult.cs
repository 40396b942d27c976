using MoeOrleans.Compute;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Runs.Folder;

/// <summary>Finds the result of a named run in a folder, so that the run need not be trained again.</summary>
internal static class NamedResult
{
    /// <summary>Reads the result of a run.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="specHash">SHA-256 of its specification.</param>
    /// <returns>The run; null if the folder holds no result, that of another run, or bits of another version of the numerics.</returns>
    /// <exception cref="UnreadableFileException">The result is that of the run, and its files are damaged.</exception>
    public static SavedRun? Find(string folder, string name, string specHash)
    {
        if (!SavedRun.IsIn(folder)) return null;
        try
        {
            var summary = SavedRun.ReadRecord(Path.Combine(folder, RunFolder.Record)).Summary;
            if (summary.Name != name || summary.SpecHash != specHash || summary.NumericsVersion != NumericsVersion.Current) return null;
        }
        catch (Exception failure) when (failure is UnreadableFileException or IOException or UnauthorizedAccessException)
        {
            // Whatever it is, the caller refuses to write over it.
            return null;
        }

        return SavedRun.Read(folder);
    }
}
