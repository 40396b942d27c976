using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Statistics;

namespace MoeOrleans.Reports.Findings;

/// <summary>The swap test of a model on a setting, over all its runs of table and theorem 4.1.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Model">Mixture or single model.</param>
/// <param name="Activation">Its activation.</param>
/// <param name="Filters">Filters for each output J.</param>
/// <param name="Quadruples">Quadruples tried in all runs.</param>
/// <param name="ByWrong">Of these, how many had 0, 1, 2, 3 and 4 samples wrong.</param>
/// <param name="NoneWrong">Share with none wrong, in percent, over the runs.</param>
internal sealed record SwapTestRow(
    string Setting, ModelKind Model, Activation Activation, int Filters, int Quadruples, IReadOnlyList<int> ByWrong, Sample NoneWrong);
