using CsCheck;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed class RunSpecJsonTests
{
    private const string PaperTheorem =
        """
        {
          "recipe": "paper",
          "data": {
            "source": "clusters",
            "path": "",
            "sha256": "",
            "setting": "theorem",
            "seed": 1,
            "clusters": 4,
            "dim": 50,
            "patches": 4,
            "train": 16000,
            "test": 16000,
            "alpha": [1, 2],
            "beta": [1, 2],
            "gamma": [1, 2],
            "sigma": 1,
            "scale": 10
          },
          "model": {
            "kind": "mixture",
            "expert": "cnn",
            "experts": 8,
            "filters": 8,
            "hidden": 512,
            "outputs": 1,
            "activation": "cubic",
            "bias": false,
            "initialisation": "normal",
            "initialScale": 0.0001,
            "loss": "logistic"
          },
          "routing": {
            "noise": "fresh",
            "noiseInArgmax": true,
            "noiseInGate": false,
            "gate": "softmax",
            "loadBalance": 0
          },
          "training": {
            "seed": 1,
            "steps": 1001,
            "minibatch": 0,
            "block": 256,
            "expert": {
              "method": "gradientDescent",
              "rate": 0.001,
              "normalise": "frobenius",
              "momentum": 0,
              "weightDecay": 0,
              "beta1": 0.9,
              "beta2": 0.999,
              "epsilon": 1E-08
            },
            "router": {
              "method": "gradientDescent",
              "rate": 0.064,
              "normalise": "none",
              "momentum": 0,
              "weightDecay": 0,
              "beta1": 0.9,
              "beta2": 0.999,
              "epsilon": 1E-08
            },
            "stop": {
              "enabled": false,
              "from": 0,
              "floor": 0.314,
              "rise": 0.02
            },
            "keepBest": false
          }
        }

        """;

    // Any value inside each leaf's limits, then mended where fields depend on each other.
    private static readonly Gen<RunSpec> Specs = Gen.Double[0, 1].Array[2 * Leaves.All.Count()].Select(units =>
    {
        var spec = new RunSpec();
        var next = 0;
        foreach (var (_, chain) in Leaves.All)
        {
            var value = Value(chain[^1], units[next++], units[next++]);
            // Options of another kind of expert would choose that kind.
            if (!chain[^1].DeclaringType!.IsSubclassOf(typeof(ExpertOptions)) || spec.Model.Options.GetType() == chain[^1].DeclaringType) spec = Leaves.With(spec, chain, value);
        }

        return spec with
        {
            Recipe = spec.Model.Kind == ModelKind.Single ? Recipe.Reference : spec.Recipe,
            Routing = spec.Routing with { LoadBalance = spec.Routing.Gate == GateKind.One ? 0 : spec.Routing.LoadBalance, Balance = spec.Routing.Gate == GateKind.Softmax ? spec.Routing.Balance : BalanceKind.Scores },
            Data = Mended(spec.Data) with { Train = 1 + (spec.Data.Train % 9000), Test = 1 + (spec.Data.Test % 9000), Clusters = 2 + (spec.Data.Clusters % 16), Dim = 36 + (spec.Data.Dim % 200), Patches = 3 + (spec.Data.Patches % 9) },
            Model = Mended(spec.Model),
            Training = Mended(spec.Training, spec.Data) with { Expert = Mended(spec.Training.Expert), Router = Mended(spec.Training.Router), Minibatch = spec.Training.Minibatch % (1 + (spec.Data.Train % 9000)), Block = 16 << (spec.Training.Block % 13) },
        };
    });

    private static DataSpec Mended(DataSpec spec) => spec.Source == DataSource.Clusters
        ? spec with { Path = "", Sha256 = "", ClassNames = "", Columns = "", Standardize = false, Validation = spec.Validation % 900, ValidationSha256 = "" }
        : new DataSpec { Source = DataSource.Files, Path = spec.Path, Sha256 = spec.Sha256, ClassNames = spec.ClassNames, Columns = spec.Columns, Standardize = spec.Standardize, Validation = 1 + (spec.Validation % 900), ValidationSha256 = spec.ValidationSha256, Train = spec.Train, Test = spec.Test, Clusters = spec.Clusters, Dim = spec.Dim, Patches = spec.Patches };

    private static ModelSpec Mended(ModelSpec spec)
    {
        spec = spec with { Outputs = spec.Loss == LossKind.Logistic ? 1 : 2 + (spec.Outputs % 9) };
        return spec.Options is MlpOptions ? spec with { Activation = Activation.Relu, Bias = true } : spec;
    }

    private static OptimiserSpec Mended(OptimiserSpec spec) =>
        spec with { Momentum = spec.Method is OptimiserMethod.Adam or OptimiserMethod.AdamW ? 0 : spec.Momentum, Clip = spec.Normalise == NormKind.None ? spec.Clip : 0 };

    private static TrainingSpec Mended(TrainingSpec spec, DataSpec data) => spec with
    {
        EvaluateEvery = 1 + (spec.EvaluateEvery % 1000),
        EarlyStop = Mended(data).Validation > 0 ? spec.EarlyStop : 0,
        KeepBestBy = Mended(data).Validation > 0 && spec.KeepBest ? spec.KeepBestBy : KeepBestBy.Loss,
        Warmup = spec.Schedule == ScheduleKind.WarmupCosine ? spec.Warmup % spec.Steps : 0,
        DecayEvery = spec.Schedule == ScheduleKind.Step ? spec.DecayEvery : 0,
    };

    [Fact]
    public void What_is_written_reads_back_exactly() => Specs.Sample(
        spec =>
        {
            var json = RunSpecJson.Write(spec);
            var back = RunSpecJson.Parse(json, "spec.json");
            return back == spec && RunSpecJson.Write(back) == json && SpecHash.Of(back) == SpecHash.Of(spec);
        },
        iter: 300);

    [Fact]
    public void The_form_is_pinned() => RunSpecJson.Write(Presets.For(Recipe.Paper, "theorem")).ShouldBe(PaperTheorem);

    [Fact]
    public void Missing_fields_have_the_presets_values()
    {
        RunSpecJson.Parse("{}", "spec.json").ShouldBe(new RunSpec());
        RunSpecJson.Parse("""{ "training": { "steps": 7 }, "data": { "setting": 4 }, "recipe": "paper", /* last */ }""", "spec.json")
            .ShouldBe(Presets.For(Recipe.Paper, "4") with { Training = Presets.For(Recipe.Paper, "4").Training with { Steps = 7 } });
    }

    [Theory]
    [InlineData("", "spec.json: line 1, column 1: not valid JSON: The input does not contain any JSON tokens*")]
    [InlineData("{\n  \"data\": x\n}", "spec.json: line 2, column 11: not valid JSON: 'x' is an invalid start of a value")]
    [InlineData("[1,\n 2]", "spec.json: must be an object {...} with fields recipe, data, model, routing, training, got [1,  2]")]
    [InlineData("""{"data": 3}""", "spec.json: data: must be an object {...} with fields source, path, *, got '3'")]
    [InlineData("""{"model": {"activatoin": "cubic"}}""", "spec.json: model: unknown field 'activatoin'; did you mean 'activation'?")]
    [InlineData("""{"Model": {}}""", "spec.json: unknown field 'Model'; did you mean 'model'?")]
    [InlineData("""{"sigma": 1}""", "spec.json: unknown field 'sigma'; did you mean 'data.sigma'?")]
    [InlineData("""{"rate": 1}""", "spec.json: unknown field 'rate'; did you mean 'training.expert.rate' or 'training.router.rate'?")]
    [InlineData("""{"routing": {"hierarchical": 1}}""", "spec.json: routing: unknown field 'hierarchical'; one of noise, noiseInArgmax, noiseInGate, gate, loadBalance, balance, replayPath, replaySha256")]
    [InlineData("""{"data": {"a\nb": 1}}""", "spec.json: data: unknown field 'a b'; one of source, *")]
    [InlineData("""{"data": {"sigma": 1, "sigma": 2}}""", "spec.json: data.sigma: given twice; remove one")]
    [InlineData("""{"data": {"sigma": -1}}""", "spec.json: data.sigma: must be 0 to 1,000,000, got -1")]
    [InlineData("""{"data": {"sigma": NaN}}""", "spec.json: data.sigma: must be 0 to 1,000,000, got NaN")]
    [InlineData("""{"data": {"sigma": "NaN"}}""", "spec.json: data.sigma: must be 0 to 1,000,000, got NaN")]
    [InlineData("""{"data": {"alpha": [1, -Infinity]}}""", "spec.json: data.alpha: must be [low, high], both 0 to 1,000,000, got [1, -Infinity]")]
    [InlineData("""{"data": {"sigma": 1e999}}""", "spec.json: data.sigma: must be 0 to 1,000,000, got Infinity")]
    [InlineData("""{"data": {"sigma": "1"}}""", "spec.json: data.sigma: must be a number 0 to 1,000,000, got \"1\"")]
    [InlineData("""{"data": {"sigma": null}}""", "spec.json: data.sigma: must be a number 0 to 1,000,000, got 'null'")]
    [InlineData("""{"data": {"alpha": 1}}""", "spec.json: data.alpha: must be [low, high], both 0 to 1,000,000, got '1'")]
    [InlineData("""{"data": {"alpha": [2, 1]}}""", "spec.json: data.alpha: must be [low, high] with low at most high, got [2, 1]")]
    [InlineData("""{"model": {"bias": "true"}}""", "spec.json: model.bias: must be true or false, got \"true\"")]
    [InlineData("""{"model": {"activation": "\ud800"}}""", "spec.json: not valid JSON: a text has an incomplete \\u escape")]
    [InlineData("""{"model": {"experts": 2.5}}""", "spec.json: model.experts: must be a whole number 1 to 4096, got '2.5'")]
    [InlineData("""{"data": {"dim": 7}}""", "spec.json: data.dim: data.dim must be at least 8, twice data.clusters, whose signals are orthonormal, got 7")]
    public void A_bad_file_is_refused_in_one_line(string json, string expected) => Refusal.Check(() => RunSpecJson.Parse(json, "spec.json"), expected);

    [Fact]
    public void Any_damage_to_a_file_is_refused_in_one_line_or_read()
    {
        var valid = RunSpecJson.Write(new RunSpec());
        string[] pieces = ["NaN", "\"", "\\", "{", "\n", "-", "e", "\\ud800", "\ud800", "null"];
        var put = Gen.OneOf(Gen.String[0, 3], Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]));
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 4], put).Sample(
            (at, length, text) =>
            {
                try
                {
                    RunSpecJson.Parse(valid[..at] + text + valid[Math.Min(at + length, valid.Length)..], "spec.json");
                }
                catch (SpecificationException e)
                {
                    e.Message.Any(char.IsControl).ShouldBeFalse(e.Message);
                    e.Message.ShouldStartWith("spec.json: ");
                }
            },
            iter: 2000);
    }

    [Fact]
    public void What_is_not_valid_is_not_written() =>
        Refusal.Check(() => RunSpecJson.Write(new RunSpec { Data = new DataSpec { Sigma = double.NaN } }), "data.sigma: must be 0 to 1,000,000, got NaN");

    private static object Value(System.Reflection.PropertyInfo leaf, double unit, double other)
    {
        var field = (FieldAttribute)leaf.GetCustomAttributes(typeof(FieldAttribute), false).Single();
        var type = leaf.PropertyType;
        if (type == typeof(bool)) return unit < 0.5;
        if (leaf.Name == "Expert" && type == typeof(string)) return unit < 0.5 ? "cnn" : "mlp";
        if (leaf.Name is "Path" or "ReplayPath" or "InitialWeights" or "ClassNames" or "Columns") return $"a \"folder\" of {other} \\ \ud83d\udcc1 ";
        if (leaf.Name is "Sha256" or "ReplaySha256" or "InitialWeightsSha256" or "ValidationSha256") return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(unit)));
        if (type == typeof(string)) return field.OneOf[(int)(unit * 0.999 * field.OneOf.Length)];
        if (type == typeof(Activation)) return Activation.All[(int)(unit * 0.999 * Activation.All.Count)];
        if (type.IsEnum) return Enum.GetValues(type).GetValue((int)(unit * 0.999 * Enum.GetValues(type).Length))!;
        if (type == typeof(long)) return (long)(unit * 9e18);
        if (type == typeof(int)) return (int)(field.Min + (unit * (field.Max - field.Min)));
        // Squeezed, so that small numbers and long fractions come up.
        if (type == typeof(double)) return field.Max * 0.999 * Math.Pow(unit, 30 * other);
        return new UniformRange(Math.Min(unit, other) / 3, Math.Max(unit, other) * 1e5);
    }
}
