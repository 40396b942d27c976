namespace MoeOrleans.Reports.Findings;

/// <summary>One run of a sweep.</summary>
/// <param name="Seed">Training seed.</param>
/// <param name="TestAccuracy">Test accuracy with one draw of noise, in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy of the last step.</param>
/// <param name="Imbalance">Busiest expert's samples over the mean, in the last step.</param>
internal sealed record SweepRun(long Seed, double TestAccuracy, double DispatchEntropy, double Imbalance);
