using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Metrics;

public sealed class ProductsTests
{
    // Signals along the axes, so that products are elements.
    [Fact]
    public void Products_are_the_largest_absolute_ones()
    {
        var signals = new Signals([[1, 0, 0, 0], [0, 1, 0, 0]], [[0, 0, 1, 0], [0, 0, 0, 1]]);
        var layout = new PatchCnnShape(4, 3, 1, 2, true, Activation.Cubic, LossKind.SoftmaxCrossEntropy).Parameters();
        var weights = new MixtureWeights<float>([1, -2, 3, -4, 5, 6, -7, 8], [Expert([1, 2, 30, -4, -10, 0, -6, 8]), Expert([0, 0, 0, 0, 0.5f, -1, 2, -3])], layout);
        var products = Products.Of(weights, signals);
        products.RouterFeature.ShouldBe([[1, 2], [5, 6]]);
        products.RouterCentre.ShouldBe([[3, 4], [7, 8]]);
        products.ExpertFeature.ShouldBe([[10, 2], [0.5, 1]]);
        products.ExpertCentre.ShouldBe([[30, 8], [2, 3]]);

        // Biases are no vectors.
        float[] Expert(float[] filters)
        {
            var flat = new float[layout.Length];
            layout.Tensors[0].Import<float>(filters, flat);
            layout.Tensors[1].Import<float>([1000, 1000], flat);
            return flat;
        }
    }
}
