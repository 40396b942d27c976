using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed class PresetsTests
{
    [Theory]
    [InlineData("1", 0.5, 2, 0.5, 3, 1)]
    [InlineData("2", 0.5, 2, 0.5, 3, 2)]
    [InlineData("3", 0.5, 2, 0.5, 2, 1)]
    [InlineData("4", 0.5, 2, 0.5, 2, 2)]
    [InlineData("theorem", 1, 2, 1, 2, 1)]
    public void Settings_are_the_papers_table(string setting, double alphaLow, double alphaHigh, double gammaLow, double gammaHigh, double sigma)
    {
        foreach (var recipe in Enum.GetValues<Recipe>())
        {
            Presets.For(recipe, setting).Data.ShouldBe(new DataSpec
            {
                Setting = setting,
                Seed = 1,
                Clusters = 4,
                Dim = 50,
                Patches = 4,
                Train = 16_000,
                Test = 16_000,
                Alpha = new(alphaLow, alphaHigh),
                Beta = new(1, 2),
                Gamma = new(gammaLow, gammaHigh),
                Sigma = sigma,
                Scale = 10,
            });
        }
    }

    [Fact]
    public void Reference_is_the_official_code()
    {
        var spec = Presets.For(Recipe.Reference, "1");
        spec.ShouldBe(new RunSpec());
        spec.Model.ShouldBe(new ModelSpec
        {
            Experts = 8,
            Options = new PatchCnnOptions { Filters = 8 },
            Outputs = 2,
            Activation = Activation.Cubic,
            Bias = true,
            Initialisation = Initialisation.Uniform,
            InitialScale = 0.001,
            Loss = LossKind.SoftmaxCrossEntropy,
        });
        spec.Routing.ShouldBe(new RoutingSpec { Noise = NoiseKind.Fresh, NoiseInArgmax = true, NoiseInGate = true, Gate = GateKind.Score, LoadBalance = 0 });
        spec.Training.ShouldBe(new TrainingSpec
        {
            Seed = 1,
            Steps = 501,
            Minibatch = 0,
            Block = 256,
            Expert = new() { Rate = 0.001, Normalise = NormKind.Sum },
            Router = new() { Rate = 0.1, Normalise = NormKind.None },
            Stop = new() { Enabled = true, Floor = 0.314, Rise = 0.02 },
        });
    }

    [Fact]
    public void Paper_is_the_algorithm_of_the_theory()
    {
        var spec = Presets.For(Recipe.Paper, "theorem");
        spec.Recipe.ShouldBe(Recipe.Paper);
        spec.Model.ShouldBe(new ModelSpec
        {
            Experts = 8,
            Options = new PatchCnnOptions { Filters = 8 },
            Outputs = 1,
            Activation = Activation.Cubic,
            Bias = false,
            Initialisation = Initialisation.Normal,
            InitialScale = 0.0001,
            Loss = LossKind.Logistic,
        });
        spec.Routing.ShouldBe(new RoutingSpec { Noise = NoiseKind.Fresh, NoiseInArgmax = true, NoiseInGate = false, Gate = GateKind.Softmax });
        spec.Training.Expert.ShouldBe(new OptimiserSpec { Rate = 0.001, Normalise = NormKind.Frobenius });
        spec.Training.Router.ShouldBe(new OptimiserSpec { Rate = 0.064, Normalise = NormKind.None });
        spec.Training.Router.Rate.ShouldBe(spec.Model.Experts * spec.Model.Experts * spec.Training.Expert.Rate);
        spec.Training.Steps.ShouldBe(1001);
        spec.Training.Stop.Enabled.ShouldBeFalse();
    }

    [Fact]
    public void Every_preset_is_valid_and_every_setting_named()
    {
        Presets.Settings.ShouldBe(["1", "2", "3", "4", "theorem"]);
        foreach (var recipe in Enum.GetValues<Recipe>())
        {
            foreach (var setting in Presets.Settings)
                RunSpecValidation.Errors(Presets.For(recipe, setting)).ShouldBeEmpty();
        }

        Should.Throw<SpecificationException>(() => Presets.For(Recipe.Paper, "theorm")).Message
            .ShouldBe("data.setting: unknown 'theorm'; one of 1, 2, 3, 4, theorem; did you mean 'theorem'?");
    }

    [Fact]
    public void An_mlp_begins_at_full_scale_in_every_model()
    {
        foreach (var model in Enum.GetValues<ModelKind>())
        {
            foreach (var recipe in model == ModelKind.Mixture ? (Recipe[])[Recipe.Reference, Recipe.Paper] : [Recipe.Reference])
            {
                var (mlp, cnn) = (Presets.For(recipe, "2", model, expert: "mlp"), Presets.For(recipe, "2", model));
                RunSpecValidation.Errors(mlp).ShouldBeEmpty();
                mlp.Model.ShouldBe(cnn.Model with
                {
                    Options = new MlpOptions { Hidden = 512 },
                    Activation = Activation.Relu,
                    Bias = true,
                    Initialisation = Initialisation.Uniform,
                    InitialScale = 1,
                    Loss = recipe == Recipe.Paper ? LossKind.Logistic : LossKind.CrossEntropy,
                });
                mlp.Routing.ShouldBe(cnn.Routing);
                (mlp.Training.Steps, mlp.Training.Router, mlp.Training.Stop.Enabled).ShouldBe((cnn.Training.Steps, cnn.Training.Router, false));
                mlp.Training.Expert.ShouldBe(cnn.Training.Expert with { Rate = model == ModelKind.Single ? 0.001 : 0.05 });
            }
        }

        new SpecificationBuilder().Set("model.expert=mlp").Set("recipe=paper").Build().ShouldBe(Presets.For(Recipe.Paper, "1", ModelKind.Mixture, expert: "mlp"));
    }

    [Theory]
    [InlineData("1", "linear", 0.003)]
    [InlineData("theorem", "linear", 0.001)]
    [InlineData("2", "cubic", 0.01)]
    [InlineData("theorem", "tanh", 0.01)]
    public void A_single_model_is_the_cnn_alone_under_adam(string setting, string activation, double rate)
    {
        var spec = new SpecificationBuilder().Set("model.activation", activation, "--activation").Set("model.kind=single").Set("data.setting", setting, "--setting").Build();
        (spec.Model.Experts, spec.Model.Filters, spec.Model.Outputs, spec.Model.InitialScale, spec.Model.Loss).ShouldBe((1, 40, 2, 1.0, LossKind.CrossEntropy));
        (spec.Routing.Gate, spec.Routing.Noise).ShouldBe((GateKind.One, NoiseKind.Off));
        spec.Training.Expert.ShouldBe(new OptimiserSpec { Method = OptimiserMethod.Adam, Rate = rate, WeightDecay = 5e-4, Normalise = NormKind.None });
        (spec.Training.Steps, spec.Training.Stop.Enabled, spec.Training.Stop.From, spec.Training.Stop.Rise).ShouldBe((801, true, 501, 0.02));
        spec.ShouldBe(Presets.For(Recipe.Reference, setting, ModelKind.Single, spec.Model.Activation));
    }
}
