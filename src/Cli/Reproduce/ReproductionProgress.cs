namespace MoeOrleans.Cli.Reproduce;

/// <summary>How far a reproduction is.</summary>
/// <param name="Done">Runs done, by this command or an earlier one.</param>
/// <param name="Runs">Runs in all.</param>
/// <param name="Share">Share of the expected work that is done.</param>
/// <param name="Left">Time left.</param>
/// <param name="Running">Names of the active runs, with their steps.</param>
/// <param name="Finished">A line about a run that has just ended; null if none has.</param>
internal sealed record ReproductionProgress(int Done, int Runs, double Share, TimeSpan Left, IReadOnlyList<string> Running, string? Finished);
