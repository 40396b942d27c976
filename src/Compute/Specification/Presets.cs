namespace MoeOrleans.Compute.Specification;

/// <summary>The published settings and the two recipes, as complete specifications.</summary>
public static class Presets
{
    /// <summary>Names of the published data settings.</summary>
    public static IReadOnlyList<string> Settings => SpecFields.Find("data.setting")!.Attribute.OneOf;

    /// <summary>The nonlinear mixture of 8 experts by a recipe on a setting.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="setting">One of <see cref="Settings"/>.</param>
    public static RunSpec For(Recipe recipe, string setting)
    {
        var spec = new RunSpec { Recipe = recipe, Data = Data(setting) };
        return recipe switch
        {
            Recipe.Reference => spec,
            Recipe.Paper => Paper(spec),
            _ => throw new ArgumentOutOfRangeException(nameof(recipe), recipe, null),
        };
    }

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
    /// The text leaves constants open. Chosen here: weights from N(0, 0.01^2), the experts' rate 0.001 as in the official code,
    /// the router's rate M^2 times that for M = 8, which is 0.064. They stay as they are where M is changed.
    /// </remarks>
    private static RunSpec Paper(RunSpec spec) => spec with
    {
        Model = spec.Model with
        {
            Outputs = 1,
            Bias = false,
            Initialisation = Initialisation.Normal,
            InitialScale = 0.01,
            Loss = LossKind.Logistic,
        },
        Routing = spec.Routing with { Noise = NoiseKind.Fresh, NoiseInArgmax = true, NoiseInGate = false, Gate = GateKind.Softmax },
        Training = spec.Training with
        {
            Expert = new OptimiserSpec { Rate = 0.001, Normalise = NormKind.Frobenius },
            Router = new OptimiserSpec { Rate = 0.064, Normalise = NormKind.None },
            Stop = spec.Training.Stop with { Enabled = false },
        },
    };
}
