namespace MoeOrleans.Cli.Reproduce;

/// <summary>How far a reproduction is.</summary>
/// <param name="Done">Runs done, those of an earlier time included.</param>
/// <param name="Runs">Runs in all.</param>
/// <param name="Share">Share of the expected work that is done.</param>
/// <param name="Left">Time left.</param>
/// <param name="Running">Names of the runs going on, with their steps.</param>
/// <param name="Finished">The run that was just done, in a line; null where none was.</param>
internal sealed record ReproductionProgress(int Done, int Runs, double Share, TimeSpan Left, IReadOnlyList<string> Running, string? Finished);
