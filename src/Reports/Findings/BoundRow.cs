using MoeOrleans.Compute.Activations;
using MoeOrleans.Reports.Published;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>Theorem 4.1: a single model and its bound.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Activation">The activation.</param>
/// <param name="Filters">Filters for each output J.</param>
/// <param name="Runs">Every run.</param>
/// <param name="TestAccuracy">Test accuracy in percent.</param>
/// <param name="Bound">The bound of these data.</param>
/// <param name="Allowed">The bound and two standard errors of so many test samples, in percent.</param>
/// <param name="Largest">The largest test accuracy of any run's weights, those of the smallest loss included, in percent.</param>
/// <param name="QuadruplesNoneWrong">Quadruples of the swap test with none wrong, in all runs; 0 by the theorem. Null if it was not run.</param>
/// <param name="Quadruples">Quadruples tried in all runs.</param>
internal sealed record BoundRow(
    string Setting,
    Activation Activation,
    int Filters,
    IReadOnlyList<RunDot> Runs,
    Sample TestAccuracy,
    SingleModelBound Bound,
    double Allowed,
    double Largest,
    int? QuadruplesNoneWrong,
    int Quadruples);
