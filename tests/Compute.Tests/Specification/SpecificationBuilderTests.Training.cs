using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

/// <summary>The recipe that own data start from, and the words of training.</summary>
public sealed partial class SpecificationBuilderTests
{
    [Fact]
    public void Data_from_files_start_from_the_plain_recipe_unless_a_recipe_is_named()
    {
        var spec = PlainFiles.Set("model.expert=mlp").Set("model.hidden=128").UseFiles(ManyFiles, 10).Build();
        (spec.Recipe, spec.Model.Experts, spec.Model.Outputs, spec.Model.Loss, spec.Model.InitialScale).ShouldBe((Recipe.Plain, 8, 10, LossKind.CrossEntropy, 1.0));
        (spec.Routing.Gate, spec.Routing.Balance, spec.Routing.Noise).ShouldBe((GateKind.Softmax, BalanceKind.Switch, NoiseKind.Off));
        (spec.Training.Minibatch, spec.Training.Block, spec.Training.Steps, spec.Training.Schedule, spec.Training.Stop.Enabled).ShouldBe((256, 32, 40 * 235, ScheduleKind.Cosine, false));
        (spec.Training.Expert, spec.Training.Router).ShouldBe((new() { Method = OptimiserMethod.Adam, Rate = 0.002 }, new() { Method = OptimiserMethod.Adam, Rate = 0.001 }));
        spec.Routing.LoadBalance.ShouldBe(0.3);
        var saved = RunSpecJson.Write(spec);
        new SpecificationBuilder().AddJson(saved, "spec.json").UseFiles(ManyFiles, 10).Build().ShouldBe(spec);

        // A value that is the default of a specification, but not of the recipe, is in the file too.
        var constant = PlainFiles.Set("training.schedule=constant").Set("routing.balance=scores").UseFiles(ManyFiles, 10).Build();
        new SpecificationBuilder().AddJson(RunSpecJson.Write(constant), "spec.json").UseFiles(ManyFiles, 10).Build().ShouldBe(constant);
        FromFiles.UseFiles(ManyFiles, 10).Build().Training.ShouldBe(new TrainingSpec());
    }

    [Fact]
    public void A_plain_single_model_differs_from_the_mixture_by_the_router_alone()
    {
        foreach (var expert in (string[])["mlp", "cnn"])
        {
            var mixture = PlainFiles.Set($"model.expert={expert}").UseFiles(ManyFiles, 10).Build();
            var single = PlainFiles.Set($"model.expert={expert}").Set("model.kind=single").UseFiles(ManyFiles, 10).Build();
            single.ShouldBe(mixture with
            {
                Model = mixture.Model with { Kind = ModelKind.Single, Experts = 1 },
                Routing = mixture.Routing with { Gate = GateKind.One, LoadBalance = 0, Balance = BalanceKind.Scores },
            });
        }
    }

    [Theory]
    [InlineData(60_000, "0", 1024)]
    [InlineData(60_000, "512", 64)]
    [InlineData(60_000, "100", 16)]
    [InlineData(60_000, "16", 16)]
    [InlineData(100, null, 16)]
    [InlineData(4096, null, 32)]
    public void A_block_is_at_most_an_eighth_of_a_minibatch_or_16(int train, string? minibatch, int block)
    {
        var builder = PlainFiles.Set("model.expert=mlp").UseFiles(ManyFiles with { Train = train }, 10);
        var training = (minibatch is null ? builder : builder.Set("training.minibatch", minibatch, "--batch-size")).Build().Training;
        (training.Block, training.Minibatch).ShouldBe((block, int.Parse(minibatch ?? (train < 4096 ? "64" : "256"))));
    }

    [Theory]
    [InlineData(64, 0, 1000)]
    [InlineData(65, 64, 1000)]
    [InlineData(1500, 64, 1000)]
    [InlineData(4095, 64, 40 * 64)]
    [InlineData(4096, 256, 1000)]
    [InlineData(60_000, 256, 40 * 235)]
    public void A_small_set_has_small_minibatches_and_a_thousand_steps_unless_epochs_are_given(int train, int minibatch, int steps)
    {
        var files = ManyFiles with { Train = train };
        var training = PlainFiles.Set("model.expert=mlp").UseFiles(files, 10).Build().Training;
        (training.Minibatch, training.Steps).ShouldBe((minibatch, steps));
        PlainFiles.SetEpochs("2", "--epochs").UseFiles(files, 10).Build().Training.Steps.ShouldBe(2 * (minibatch == 0 ? 1 : (train + minibatch - 1) / minibatch));
    }

    [Fact]
    public void Epochs_are_whole_passes_over_the_training_set_whatever_the_minibatch()
    {
        PlainFiles.SetEpochs("3", "--epochs").UseFiles(ManyFiles, 10).Build().Training.Steps.ShouldBe(3 * 235);
        PlainFiles.SetEpochs("3", "--epochs").Set("training.minibatch=512").UseFiles(ManyFiles, 10).Build().Training.Steps.ShouldBe(3 * 118);
        PlainFiles.Set("training.steps=70").UseFiles(ManyFiles, 10).Build().Training.Steps.ShouldBe(70);
        FromFiles.SetEpochs("3", "--epochs").UseFiles(ManyFiles, 10).Build().Training.Steps.ShouldBe(3);
        var saved = RunSpecJson.Write(PlainFiles.UseFiles(ManyFiles, 10).Build());
        new SpecificationBuilder().AddJson(saved, "spec.json").SetEpochs("2", "--epochs").UseFiles(ManyFiles, 10).Build().Training.Steps.ShouldBe(2 * 235);

        Refusal.Check(() => new SpecificationBuilder().SetEpochs("0", "--epochs"), "--epochs: must be a whole number 1 to 1,000,000, got '0'");
        Refusal.Check(() => new SpecificationBuilder().SetEpochs("ten", "--epochs"), "--epochs: must be a whole number 1 to 1,000,000, got 'ten'");
        Refusal.Check(() => new SpecificationBuilder().SetEpochs("2", "--epochs").Set("training.steps", "5", "--steps").Build(), "--epochs: cannot be combined with --steps; leave one of them out");
        Refusal.Check(
            () => PlainFiles.SetEpochs("100000", "--epochs").UseFiles(ManyFiles, 10).Build(),
            "--epochs: 100,000 epochs are 23,500,000 steps of 60,000 samples by training.minibatch 256, but at most 10,000,000 are allowed; make it smaller");
    }

    [Theory]
    [InlineData("sgd", OptimiserMethod.GradientDescent, 0.1, 0)]
    [InlineData("adam", OptimiserMethod.Adam, 0.001, 0)]
    [InlineData("adamw", OptimiserMethod.AdamW, 0.001, 0.01)]
    public void An_optimiser_brings_its_rate_and_no_normalisation(string name, OptimiserMethod method, double rate, double decay)
    {
        var expected = new OptimiserSpec { Method = method, Rate = rate, WeightDecay = decay };
        foreach (var kind in (string[])["cnn", "mlp"])
        {
            var training = new SpecificationBuilder().Set($"model.expert={kind}").SetOptimiser(name, "--optimizer").Build().Training;
            (training.Expert, training.Router).ShouldBe((expected, expected));
        }

        new SpecificationBuilder().SetOptimiser(name, "--optimizer").Set("training.expert.rate", "0.5", "--lr").Build().Training.Expert.ShouldBe(expected with { Rate = 0.5 });
    }

    [Theory]
    [InlineData("training.schedule", "warmup-cosine", ScheduleKind.WarmupCosine)]
    [InlineData("training.schedule", "warmupCosine", ScheduleKind.WarmupCosine)]
    public void Words_may_have_hyphens(string path, string value, ScheduleKind expected) =>
        new SpecificationBuilder().Set(path, value, "--schedule").Build().Training.Schedule.ShouldBe(expected);

    [Fact]
    public void Unknown_words_of_training_get_a_hint()
    {
        Refusal.Check(() => new SpecificationBuilder().SetOptimiser("adma", "--optimizer"), "--optimizer: unknown 'adma'; one of sgd, adam, adamw; did you mean 'adam'?");
        Refusal.Check(() => new SpecificationBuilder().Set("training.schedule", "cosin", "--schedule"), "--schedule: unknown 'cosin'; one of constant, cosine, step, warmupCosine; did you mean 'cosine'?");
    }
}
