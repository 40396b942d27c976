namespace MoeOrleans.Reports.Findings;

/// <summary>A point of an entropy curve.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Mean">Mean over the runs.</param>
/// <param name="PopulationDeviation">Deviation over the runs with divisor n.</param>
/// <param name="HalfWidth">Half the width of the mean's 95 % t interval; null for one run.</param>
internal sealed record CurvePoint(int Step, double Mean, double PopulationDeviation, double? HalfWidth);
