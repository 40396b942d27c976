namespace MoeOrleans.Reports.Findings;

/// <summary>A claim and whether the runs bear it out.</summary>
/// <param name="Part">The part of the reproduction (<see cref="ReproductionPart"/>).</param>
/// <param name="Subject">Which runs: setting and model.</param>
/// <param name="Claim">The claim.</param>
/// <param name="Expected">What would bear it out.</param>
/// <param name="Measured">What was measured, in words.</param>
/// <param name="Value">The number that decided; NaN where a run diverged.</param>
/// <param name="Holds">Whether it was borne out.</param>
/// <param name="Note">What has to be known to read it; empty where nothing has.</param>
public sealed record Verdict(string Part, string Subject, string Claim, string Expected, string Measured, double Value, bool Holds, string Note);
