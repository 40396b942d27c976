using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Specification;
using MoeOrleans.Compute.Tests.Training;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Activations;

/// <summary>An activation that is one file, not even registered, trains as it is: nothing else in the code knows which activations there are.</summary>
public sealed class NewActivationTests
{
    private static readonly Activation s_softsign = Activation.Of<Softsign>();

    private static readonly RunSpec s_spec = SmallRuns.Reference with { Model = SmallRuns.Reference.Model with { Activation = s_softsign, InitialScale = 1 } };

    [Fact]
    public void A_new_activation_trains_in_the_vector_kernel_with_the_bits_of_the_scalar_reference()
    {
        var data = ClusterData.Generate<float>(s_spec.Data);
        var shape = PatchCnnShape.Of(s_spec.Model, data.Train.Dim, data.Train.Patches);
        var weights = InitialWeights.Draw<float>(s_spec, data.Train.Dim, data.Train.Patches).Experts[0];
        int[] indexes = [.. Enumerable.Range(0, 61)];
        float[] gates = [.. indexes.Select(i => 1 + (i / 100f))];

        var (gradient, gateGradients, outcome) = Accumulate(new PatchCnnKernel(shape));
        var (expected, expectedGateGradients, expectedOutcome) = Accumulate(new PatchCnnReference<float>(shape));
        gradient.ShouldHaveTheBitsOf<float>(expected, "gradient");
        gateGradients.ShouldHaveTheBitsOf<float>(expectedGateGradients, "gate gradients");
        outcome.ShouldBe(expectedOutcome);

        (float[], float[], BlockResult) Accumulate(IExpert<float> expert)
        {
            var (g, gateG) = (new float[weights.Length], new float[gates.Length]);
            var result = expert.Accumulate(weights, new BlockSamples<float>(data.Train.Inputs.Span, data.Train.Labels, indexes, gates), g, gateG);
            return (g, gateG, result);
        }
    }

    [Fact]
    public void A_run_with_a_new_activation_lowers_its_loss()
    {
        var losses = new List<double>();
        new SequentialTrainer<float>(s_spec with { Training = s_spec.Training with { Steps = 200 } }, ClusterData.Generate<float>(s_spec.Data)).Run(step => losses.Add(step.Loss));
        losses[^1].ShouldBeLessThan(losses[0] - 0.01);
    }

    [Fact]
    public void A_specification_takes_only_registered_activations()
    {
        SpecHash.Of(s_spec).ShouldNotBe(SpecHash.Of(SmallRuns.Reference));
        Refusal.Check(() => RunSpecJson.Write(s_spec), "model.activation: unknown 'softsign'; one of linear, cubic, relu, celu, gelu, tanh*");
    }
}
