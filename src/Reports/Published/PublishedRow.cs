using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Published;

/// <summary>A row of the published table.</summary>
/// <param name="Setting">The data setting.</param>
/// <param name="Model">Mixture or single model.</param>
/// <param name="Activation">Its activation.</param>
/// <param name="Filters">Filters for each output J.</param>
/// <param name="TestAccuracy">Test accuracy in percent.</param>
/// <param name="DispatchEntropy">Dispatch entropy, natural logarithm; null for single models.</param>
internal sealed record PublishedRow(
    string Setting, ModelKind Model, Activation Activation, int Filters, PublishedValue TestAccuracy, PublishedValue? DispatchEntropy);
