namespace MoeOrleans.Runs.Requests;

/// <summary>Checks the ids of runs.</summary>
internal static class RunIds
{
    /// <summary>Checks an id that came with a message.</summary>
    /// <param name="runId">The id.</param>
    /// <exception cref="ArgumentException">It is empty, too long, or has other characters. The message does not repeat it.</exception>
    /// <returns>The id.</returns>
    public static string Check(string runId) =>
        PlainWord.Is(runId) ? runId : throw new ArgumentException($"The id of a run has {PlainWord.Meaning}.", nameof(runId));
}
