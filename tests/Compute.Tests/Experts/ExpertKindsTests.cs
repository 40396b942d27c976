using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Experts;

public sealed class ExpertKindsTests
{
    private static readonly ModelSpec Uniform = new();
    private static readonly ModelSpec Normal = Uniform with { Initialisation = Initialisation.Normal, InitialScale = 0.5 };

    private static readonly ModelSpec Mlp = Uniform with { Options = new MlpOptions { Hidden = 64 }, Outputs = 10, InitialScale = 1, Loss = LossKind.CrossEntropy };

    [Fact]
    public void Floats_take_the_vectors_and_doubles_the_reference()
    {
        ExpertKinds.Create<float>(Uniform, 50, 4).ShouldBeOfType<PatchCnnKernel>().Outputs.ShouldBe(2);
        ExpertKinds.Create<double>(Uniform, 50, 4).ShouldBeOfType<PatchCnnReference<double>>().Outputs.ShouldBe(2);
        ExpertKinds.Create<float>(Mlp, 50, 4).ShouldBeOfType<MlpKernel>().Outputs.ShouldBe(10);
        ExpertKinds.Create<double>(Mlp, 50, 4).ShouldBeOfType<MlpReference<double>>().Parameters.ShouldBeEquivalentTo(new MlpShape(200, 64, 10, LossKind.CrossEntropy).Parameters());
    }

    [Fact]
    public void Initial_weights_are_the_draws_of_their_tensor_in_the_outside_order()
    {
        foreach (var model in new[] { Uniform, Normal })
        {
            var layout = ExpertKinds.Parameters(model, 9, 4);
            var weights = ExpertKinds.InitialWeights<double>(model, layout, 77, 3);
            for (var t = 0; t < 2; t++)
            {
                var draws = new RandomSequence(77, DrawPurpose.InitialWeights, 3, (uint)t);
                var tensor = new double[layout.Tensors[t].ElementCount];
                layout.Tensors[t].Export<double>(weights, tensor);
                foreach (var value in tensor)
                    value.ShouldBe(model.InitialScale * (model == Normal ? draws.NextNormal() : draws.NextUniform(-1 / 3.0, 1 / 3.0)), 1e-17);
            }

            ExpertKinds.InitialWeights<float>(model, layout, 77, 3).ShouldHaveTheBitsOf<float>(weights.Select(value => (float)value).ToArray(), "weights in float");
            ExpertKinds.InitialWeights<double>(model, layout, 77, 4).ShouldNotBe(weights);
            ExpertKinds.InitialWeights<double>(model, layout, 78, 3).ShouldNotBe(weights);
        }
    }

    [Fact]
    public void An_mlps_initial_weights_are_within_the_root_of_their_layers_inputs()
    {
        var layout = ExpertKinds.Parameters(Mlp, 9, 4);
        var weights = ExpertKinds.InitialWeights<double>(Mlp, layout, 77, 3);
        foreach (var (t, inputs) in new[] { (0, 36), (1, 36), (2, 64), (3, 64) })
        {
            var tensor = new double[layout.Tensors[t].ElementCount];
            layout.Tensors[t].Export<double>(weights, tensor);
            var bound = 1 / Math.Sqrt(inputs);
            tensor.Max(Math.Abs).ShouldBeInRange(0.75 * bound, bound);
        }
    }

    [Fact]
    public void Initial_weights_have_the_published_spread()
    {
        var uniform = Draw(Uniform with { Options = new PatchCnnOptions { Filters = 64 } });
        uniform.Max().ShouldBe(0.001 / Math.Sqrt(50), 1e-6);
        uniform.Min().ShouldBe(-0.001 / Math.Sqrt(50), 1e-6);
        uniform.Average(value => value * value).ShouldBe(1e-6 / 150, 1e-10 * 6);

        var normal = Draw(Normal with { Options = new PatchCnnOptions { Filters = 64 } });
        normal.Average().ShouldBe(0, 0.02);
        normal.Average(value => value * value).ShouldBe(0.25, 0.015);

        static double[] Draw(ModelSpec model)
        {
            var layout = ExpertKinds.Parameters(model, 50, 4);
            var tensor = new double[layout.Tensors[0].ElementCount];
            layout.Tensors[0].Export<double>(ExpertKinds.InitialWeights<double>(model, layout, 1, 0), tensor);
            return tensor;
        }
    }
}
