using MoeOrleans.Compute.Metrics;

namespace MoeOrleans.Runs.Records;

/// <summary>Products of the weights with the data's signals before a step's update (<see cref="Products"/>).</summary>
/// <param name="Step">The step.</param>
/// <param name="RouterCentre">Experts x clusters: |&lt;theta_m, c_k&gt;|.</param>
/// <param name="RouterFeature">Experts x clusters: |&lt;theta_m, v_k&gt;|.</param>
/// <param name="ExpertCentre">Experts x clusters: max_j |&lt;w_mj, c_k&gt;|.</param>
/// <param name="ExpertFeature">Experts x clusters: max_j |&lt;w_mj, v_k&gt;|.</param>
[GenerateSerializer, Immutable, Alias("moe.ProductsRecord.v1")]
public sealed record ProductsRecord(
    [property: Id(0)] long Step,
    [property: Id(1)] double[][] RouterCentre,
    [property: Id(2)] double[][] RouterFeature,
    [property: Id(3)] double[][] ExpertCentre,
    [property: Id(4)] double[][] ExpertFeature)
{
    /// <summary>The products of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="products">The products.</param>
    internal static ProductsRecord Of(long step, Products products) =>
        new(step, products.RouterCentre, products.RouterFeature, products.ExpertCentre, products.ExpertFeature);
}
