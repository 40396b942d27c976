namespace MoeOrleans.Reports.Findings;

/// <summary>A claim and whether it holds for the runs.</summary>
/// <param name="Part">The part of the reproduction (<see cref="ReproductionPart"/>).</param>
/// <param name="Subject">Setting and model of the runs.</param>
/// <param name="Claim">The claim.</param>
/// <param name="Expected">The condition for the claim to hold.</param>
/// <param name="Measured">What was measured, in words.</param>
/// <param name="Value">The number that decided; NaN if a run diverged.</param>
/// <param name="Holds">Whether the claim holds.</param>
/// <param name="Note">What a reader must know; may be empty.</param>
internal sealed record Verdict(string Part, string Subject, string Claim, string Expected, string Measured, double Value, bool Holds, string Note);
