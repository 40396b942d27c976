using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Training;

/// <summary>Small mixtures of every kind that takes another way through a step.</summary>
internal static class SmallRuns
{
    public static readonly RunSpec Reference = Small(Presets.For(Recipe.Reference, "1"));
    public static readonly RunSpec Paper = Small(Presets.For(Recipe.Paper, "theorem"));

    public static TheoryData<string> Names => [.. All.Keys];

    public static IReadOnlyDictionary<string, RunSpec> All { get; } = new Dictionary<string, RunSpec>
    {
        ["reference"] = Reference,
        ["paper"] = Paper,
        ["linear"] = Reference with { Model = Reference.Model with { Activation = Activation.Linear } },
        ["relu, each tensor's norm, fixed noise"] = Reference with
        {
            Model = Reference.Model with { Activation = Activation.Relu, InitialScale = 1 },
            Routing = Reference.Routing with { Noise = NoiseKind.Fixed },
            Training = Reference.Training with { Expert = new OptimiserSpec { Rate = 0.01, Normalise = NormKind.Tensor } },
        },
        ["celu, softmax gate"] = Reference with
        {
            Model = Reference.Model with { Activation = Activation.Celu, InitialScale = 1 },
            Routing = Reference.Routing with { Gate = GateKind.Softmax },
        },
        ["gelu, load balance"] = Reference with
        {
            Model = Reference.Model with { Activation = Activation.Gelu, InitialScale = 1 },
            Routing = Reference.Routing with { LoadBalance = 0.01, NoiseInGate = false },
        },
        ["mlp"] = Mlp(Recipe.Reference),
        ["mlp, paper, minibatches, Adam"] = Mlp(Recipe.Paper) with
        {
            Training = Mlp(Recipe.Paper).Training with { Minibatch = 64, Expert = new OptimiserSpec { Method = OptimiserMethod.Adam, Rate = 0.001 } },
        },
        ["mlp, AdamW, cosine, clipped"] = Mlp(Recipe.Reference) with
        {
            Routing = Reference.Routing with { Gate = GateKind.Softmax },
            Training = Mlp(Recipe.Reference).Training with
            {
                Minibatch = 64,
                Expert = new OptimiserSpec { Method = OptimiserMethod.AdamW, Rate = 0.01, WeightDecay = 0.1, Clip = 0.05 },
                Router = new OptimiserSpec { Method = OptimiserMethod.AdamW, Rate = 0.1, WeightDecay = 0.1, Clip = 0.5 },
                Schedule = ScheduleKind.WarmupCosine,
                Warmup = 2,
            },
        },
        ["mlp, AdamW, cosine, clipped, Switch's balance"] = Mlp(Recipe.Reference) with
        {
            Routing = Reference.Routing with { Gate = GateKind.Softmax, NoiseInGate = false, LoadBalance = 0.1, Balance = BalanceKind.Switch },
            Training = Mlp(Recipe.Reference).Training with
            {
                Minibatch = 64,
                Expert = new OptimiserSpec { Method = OptimiserMethod.AdamW, Rate = 0.01, WeightDecay = 0.1, Clip = 0.05 },
                Router = new OptimiserSpec { Method = OptimiserMethod.AdamW, Rate = 0.1, WeightDecay = 0.1, Clip = 0.5 },
                Schedule = ScheduleKind.WarmupCosine,
                Warmup = 2,
            },
        },
        ["tanh, minibatches, momentum, decay"] = Paper with
        {
            Model = Paper.Model with { Activation = Activation.Tanh, InitialScale = 0.1 },
            Routing = Paper.Routing with { LoadBalance = 0.001 },
            Training = Paper.Training with
            {
                Minibatch = 64,
                Expert = new OptimiserSpec { Rate = 0.01, Normalise = NormKind.Sum, Momentum = 0.9, WeightDecay = 5e-4 },
                Router = new OptimiserSpec { Rate = 0.01, Normalise = NormKind.None, Momentum = 0.9, WeightDecay = 5e-4 },
            },
        },
    };

    private static RunSpec Mlp(Recipe recipe)
    {
        var preset = Presets.For(recipe, "1", ModelKind.Mixture, expert: "mlp");
        var small = Small(preset);
        return small with { Model = small.Model with { Options = new MlpOptions { Hidden = 40 } } };
    }

    private static RunSpec Small(RunSpec spec) => spec with
    {
        Data = spec.Data with { Clusters = 3, Dim = 20, Train = 150, Test = 100 },
        Model = spec.Model with { Experts = 5, Options = new PatchCnnOptions { Filters = 3 } },
        Training = spec.Training with { Steps = 5, Block = 32, Stop = new StopSpec { Enabled = false } },
    };
}
