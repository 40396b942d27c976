namespace MoeOrleans.Reports.Published;

/// <summary>A published figure.</summary>
/// <param name="Value">The value, or the mean of several runs.</param>
/// <param name="PopulationDeviation">Deviation over the runs with divisor n; null for one run.</param>
/// <param name="Runs">How many runs it stands for.</param>
internal sealed record PublishedValue(double Value, double? PopulationDeviation, int Runs);
