using System.Numerics;
using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Compute.Specification;

/// <summary>The published settings and the two recipes, as complete specifications.</summary>
public static class Presets
{
    /// <summary>Names of the published data settings.</summary>
    public static IReadOnlyList<string> Settings => SpecFields.Find("data.setting")!.Attribute.OneOf;

    /// <summary>The nonlinear mixture of 8 experts by a recipe on a setting.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="setting">One of <see cref="Settings"/>.</param>
    public static RunSpec For(Recipe recipe, string setting) => For(recipe, setting, ModelKind.Mixture);

    /// <summary>A model by a recipe on a setting.</summary>
    /// <param name="recipe">The recipe; a single model has only the reference recipe, and takes that.</param>
    /// <param name="setting">One of <see cref="Settings"/>.</param>
    /// <param name="model">Mixture or single model.</param>
    /// <param name="activation">The activation: a single model's rate depends on it. The expert's own where null: cubic, or relu for an MLP.</param>
    /// <param name="expert">Kind of expert.</param>
    public static RunSpec For(Recipe recipe, string setting, ModelKind model, Activation? activation = null, ExpertKind expert = ExpertKind.Cnn)
    {
        var spec = new RunSpec { Recipe = recipe, Data = Data(setting) };
        spec = spec with { Model = spec.Model with { Kind = model, Activation = activation ?? (expert == ExpertKind.Mlp ? Activation.Relu : Activation.Cubic) } };
        spec = (model, recipe) switch
        {
            (ModelKind.Single, _) => Single(spec),
            (_, Recipe.Reference) => spec,
            (_, Recipe.Paper) => Paper(spec),
            _ => throw new ArgumentOutOfRangeException(nameof(recipe), recipe, null),
        };
        return expert == ExpertKind.Mlp ? Mlp(spec) : spec;
    }

    /// <summary>
    /// Positions a block where none is given. An MLP's leaf has a gradient of all its weights to clear and to add, and a product of
    /// matrices pays with the number of samples. A patch CNN's leaf should have some 32 samples of evenly used experts; but shards
    /// and threads share the work by blocks, so blocks stay within bounds.
    /// </summary>
    /// <param name="kind">The kind of experts.</param>
    /// <param name="experts">Number of experts.</param>
    public static int Block(ExpertKind kind, int experts) =>
        kind == ExpertKind.Mlp ? 1024 : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(32 * experts, 256, 2048));

    private static DataSpec Data(string setting)
    {
        var (alpha, gamma, sigma) = setting switch
        {
            "1" => (new UniformRange(0.5, 2), new UniformRange(0.5, 3), 1.0),
            "2" => (new UniformRange(0.5, 2), new UniformRange(0.5, 3), 2.0),
            "3" => (new UniformRange(0.5, 2), new UniformRange(0.5, 2), 1.0),
            "4" => (new UniformRange(0.5, 2), new UniformRange(0.5, 2), 2.0),
            "theorem" => (new UniformRange(1, 2), new UniformRange(1, 2), 1.0),
            _ => throw new SpecificationException($"data.setting: {SpecFields.Find("data.setting")!.Check(setting)}"),
        };
        return new DataSpec { Setting = setting, Alpha = alpha, Beta = new UniformRange(1, 2), Gamma = gamma, Sigma = sigma };
    }

    /// <remarks>
    /// As in the official code: the CNN alone, Adam on the full batch. The rule may end it past epoch 500, at a spike of the
    /// loss; it has no floor.
    /// </remarks>
    private static RunSpec Single(RunSpec spec)
    {
        var linear = spec.Model.Activation.IsLinear;
        var linearRate = spec.Data.Setting == "theorem" ? 0.001 : 0.003;
        return spec with
        {
            Model = spec.Model with { Experts = 1, Filters = 40, InitialScale = 1, Loss = LossKind.CrossEntropy },
            Routing = spec.Routing with { Noise = NoiseKind.Off, NoiseInArgmax = false, NoiseInGate = false, Gate = GateKind.One },
            Training = spec.Training with
            {
                Steps = 801,
                Expert = new OptimiserSpec { Method = OptimiserMethod.Adam, Rate = linear ? linearRate : 0.01, WeightDecay = 5e-4 },
                Router = new OptimiserSpec(),
                Stop = new StopSpec { From = 501, Floor = 0, Rise = 0.02 },
                KeepBest = true,
            },
        };
    }

    /// <remarks>
    /// The text leaves constants open. Chosen here: weights from N(0, 0.0001^2), which is about the deviation in the official
    /// code (0.8 * 10^-4), the experts' rate 0.001 as there, the router's rate M^2 times that for M = 8, which is 0.064, and 1,001
    /// steps. They stay as they are where M is changed. Theorem 4.2 asks for a small initialisation: with 0.01 the experts' outputs
    /// move the router before the experts have learned a feature, and some settle on half of two clusters.
    /// </remarks>
    private static RunSpec Paper(RunSpec spec) => spec with
    {
        Model = spec.Model with
        {
            Outputs = 1,
            Bias = false,
            Initialisation = Initialisation.Normal,
            InitialScale = 0.0001,
            Loss = LossKind.Logistic,
        },
        Routing = spec.Routing with { Noise = NoiseKind.Fresh, NoiseInArgmax = true, NoiseInGate = false, Gate = GateKind.Softmax },
        Training = spec.Training with
        {
            Steps = 1001,
            Expert = new OptimiserSpec { Rate = 0.001, Normalise = NormKind.Frobenius },
            Router = new OptimiserSpec { Rate = 0.064, Normalise = NormKind.None },
            Stop = spec.Training.Stop with { Enabled = false },
        },
    };

    /// <remarks>
    /// Not of the paper: an MLP begins as in PyTorch, at the full scale, and has far more weights for a normalised step to move,
    /// so its rate is higher. A double softmax of many classes has hardly a gradient, so the loss is the usual cross-entropy; the
    /// floor of the stop rule is of the double softmax.
    /// </remarks>
    private static RunSpec Mlp(RunSpec spec)
    {
        var (model, training) = (spec.Model, spec.Training);
        return spec with
        {
            Model = model with
            {
                Expert = ExpertKind.Mlp,
                Filters = new ModelSpec().Filters,
                Bias = true,
                Initialisation = Initialisation.Uniform,
                InitialScale = 1,
                Loss = model.Loss == LossKind.Logistic ? LossKind.Logistic : LossKind.CrossEntropy,
            },
            Training = training with
            {
                Block = Block(ExpertKind.Mlp, model.Experts),
                Expert = training.Expert with { Rate = training.Expert.Method == OptimiserMethod.Adam ? 0.001 : 0.05 },
                Stop = training.Stop with { Enabled = false },
            },
        };
    }
}
