using System.Globalization;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Cli.Tests.Export;

/// <summary>A model of random weights, or of a trained run, with what moe predict says of some samples.</summary>
internal sealed class ExportedModel
{
    /// <summary>Variable that names the folder of a trained run: its test samples are compared too.</summary>
    public const string TrainedRun = "MOE_EXPORT_RUN";

    private const string FolderPrefix = "run ";

    private ExportedModel(TrainedModel model, Samples<float> samples)
    {
        (Model, Samples) = (model, samples);
        var weights = model.Saved.Weights;
        var standardized = weights.Standardization?.Apply(samples, "samples") ?? samples;
        Classified = Classification.Of(model.Spec, weights, standardized, RoutePurpose.EvaluateWithoutNoise, 0);
        var outputs = new MixtureOutputs(model.Spec, weights, standardized, Classified);
        Probabilities = new double[samples.Count][];
        Scores = new float[samples.Count][];
        for (var i = 0; i < samples.Count; i++)
        {
            outputs.Probabilities(i, Probabilities[i] = new double[outputs.Classes]);
            Scores[i] = outputs.Scores(i).ToArray();
        }
    }

    /// <summary>Fields of models of every kind that moe train makes: both experts, all activations, gates, losses.</summary>
    public static TheoryData<string> Cases =>
    [
        "model.expert=mlp routing.gate=softmax model.outputs=5 model.loss=crossEntropy",
        "model.expert=mlp routing.gate=score model.outputs=1 model.loss=logistic model.hidden=7",
        "model.expert=mlp model.kind=single model.outputs=3 model.loss=crossEntropy",
        "model.expert=mlp routing.gate=softmax model.outputs=4 model.loss=crossEntropy model.experts=1",
        "model.activation=cubic routing.gate=score",
        "model.activation=linear routing.gate=one model.bias=false",
        "model.activation=relu routing.gate=softmax model.outputs=3 model.loss=crossEntropy",
        "model.activation=celu routing.gate=score model.outputs=1 model.loss=logistic",
        "model.activation=gelu routing.gate=softmax model.filters=1 data.patches=5",
        "model.activation=tanh model.kind=single model.filters=3",
        .. Environment.GetEnvironmentVariable(TrainedRun) is { } folder ? (string[])[FolderPrefix + folder] : [],
    ];

    public TrainedModel Model { get; }

    public Samples<float> Samples { get; }

    public Classification Classified { get; }

    public double[][] Probabilities { get; }

    public float[][] Scores { get; }

    /// <summary>Makes a model.</summary>
    /// <param name="fields">Fields of its specification, or the folder of its run.</param>
    /// <param name="standardized">Whether its inputs are standardized.</param>
    public static ExportedModel Of(string fields, bool standardized)
    {
        if (fields.StartsWith(FolderPrefix, StringComparison.Ordinal)) return OfRun(fields[FolderPrefix.Length..]);
        var builder = new SpecificationBuilder();
        foreach (var field in ((string[])["data.dim=9", "data.train=100", "data.test=300", "data.scale=1", "data.clusters=3", "training.block=16", "model.initialScale=2", .. fields.Split(' ')])) builder.Set(field);
        var spec = builder.Build();
        var data = ClusterData.Generate<float>(spec.Data);
        var weights = InitialWeights.Draw<float>(spec, spec.Data.Dim, spec.Data.Patches);
        // A router begins at 0.
        var random = new Random(7);
        for (var i = 0; i < weights.Router.Length; i++) weights.Router[i] = random.NextSingle() - 0.5f;
        if (standardized) weights = weights with { Standardization = Standardization.Of(data.Train) };
        return new ExportedModel(new TrainedModel(spec, new SavedWeights(weights, 0, null)), data.Test);
    }

    private static ExportedModel OfRun(string folder)
    {
        var run = SavedRun.Read(folder);
        var data = run.Spec.Data.Source == DataSource.Files ? FileData.Read(run.Spec.Data) : Datasets.Load(run.Spec.Data);
        return new ExportedModel(new TrainedModel(run.Spec, SavedWeights.Read(Path.Combine(folder, "weights.safetensors"), run.Spec)), data.Test);
    }

    /// <summary>Compares the classes of another program: they differ only if the two largest logits are within 1e-5 of each other.</summary>
    /// <param name="classes">Its classes.</param>
    /// <param name="logits">Its logits of each sample.</param>
    public void ShouldHaveClasses(IReadOnlyList<long> classes, IReadOnlyList<float[]> logits)
    {
        classes.Count.ShouldBe(Samples.Count);
        classes.Distinct().Count().ShouldBeGreaterThan(1);
        var others = Enumerable.Range(0, classes.Count).Where(i => classes[i] != Classified.Predicted[i]).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"{others.Length} of {classes.Count} classes differ");
        foreach (var i in others)
        {
            var ordered = logits[i].Append(logits[i].Length == 1 ? 0 : float.MinValue).OrderDescending().ToArray();
            (ordered[0] - ordered[1]).ShouldBeLessThan(1e-5f, string.Create(CultureInfo.InvariantCulture, $"sample {i}"));
        }
    }
}
