using System.Reflection;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed class RunSpecValidationTests
{
    [Fact]
    public void Every_number_is_refused_outside_its_limits_and_taken_at_them()
    {
        // A normalised gradient is not clipped.
        var plain = new RunSpec();
        plain = plain with { Training = plain.Training with { Expert = plain.Training.Expert with { Normalise = NormKind.None } } };
        foreach (var (path, chain) in Leaves.All)
        {
            var type = chain[^1].PropertyType;
            var field = chain[^1].GetCustomAttribute<FieldAttribute>()!;
            if (type == typeof(double))
            {
                double[] bad = [Math.BitDecrement(field.Min), field.BelowMax ? field.Max : Math.BitIncrement(field.Max), double.NaN, double.PositiveInfinity, double.NegativeInfinity];
                foreach (var value in bad) ShouldRefuse(path, Leaves.With(new RunSpec(), chain, value));
                double[] good = [field.Min, field.BelowMax ? Math.BitDecrement(field.Max) : field.Max];
                foreach (var value in good) RunSpecValidation.Errors(Leaves.With(plain, chain, value)).ShouldBeEmpty(path);
            }
            else if (type == typeof(UniformRange))
            {
                UniformRange[] bad = [new(-1, 1), new(0, double.NaN), new(double.NaN, 1), new(0, 1e7), new(2, 1)];
                foreach (var value in bad) ShouldRefuse(path, Leaves.With(new RunSpec(), chain, value));
                RunSpecValidation.Errors(Leaves.With(new RunSpec(), chain, new UniformRange(1, 1))).ShouldBeEmpty(path);
            }
            else if (type == typeof(int))
            {
                ShouldRefuse(path, Leaves.With(new RunSpec(), chain, (int)field.Min - 1));
                ShouldRefuse(path, Leaves.With(new RunSpec(), chain, (int)field.Max + 1));
            }
            else if (type == typeof(long))
            {
                ShouldRefuse(path, Leaves.With(new RunSpec(), chain, -1L));
                RunSpecValidation.Errors(Leaves.With(new RunSpec(), chain, long.MaxValue)).ShouldBeEmpty(path);
            }
            else if (type.IsEnum)
            {
                ShouldRefuse(path, Leaves.With(new RunSpec(), chain, Enum.ToObject(type, 99)));
            }
        }
    }

    [Fact]
    public void Limits_are_those_agreed()
    {
        Range("model.experts").ShouldBe("1 to 4096");
        Range("model.filters").ShouldBe("1 to 65,536");
        Range("data.dim").ShouldBe("1 to 1,000,000");
        Range("data.clusters").ShouldBe("1 to 4096");
        Range("data.patches").ShouldBe("1 to 65,536");
        Range("data.train").ShouldBe("1 to 100,000,000");
        Range("training.steps").ShouldBe("1 to 10,000,000");
        Range("training.block").ShouldBe("16 to 65,536");
        Range("training.expert.momentum").ShouldBe("0 to under 1");

        static string Range(string path) => RunSpecDescription.Describe().Single(f => f.Path == path).Range;
    }

    [Fact]
    public void Fields_that_contradict_each_other_are_refused()
    {
        var spec = new RunSpec();
        ShouldSay(spec with { Data = spec.Data with { Clusters = 26 } }, "data.dim must be at least 52, twice data.clusters, whose signals are orthonormal, got 50");
        ShouldSay(spec with { Data = spec.Data with { Clusters = 1 } }, "data.clusters must be at least 2 where data.source is clusters, got 1");
        ShouldSay(spec with { Data = spec.Data with { Patches = 2 } }, "data.patches must be at least 3 where data.source is clusters, got 2");
        ShouldSay(spec with { Data = spec.Data with { Path = "a" } }, "data.path must be empty where data.source is clusters; leave it out, or set data.source to files");
        ShouldSay(spec with { Data = spec.Data with { Sha256 = new('0', 64) } }, "data.sha256 must be empty where data.source is clusters; leave it out, or set data.source to files");
        ShouldSay(spec with { Training = spec.Training with { Minibatch = 16_001 } }, "training.minibatch must be at most 16000, which is data.train, got 16001; 0 is the full batch");
        ShouldSay(spec with { Training = spec.Training with { Block = 100 } }, "training.block must be a power of two, got 100; next is 128");
        ShouldSay(spec with { Model = spec.Model with { Outputs = 1 } }, "model.outputs must be at least 2 where model.loss is softmaxCrossEntropy, got 1; set model.outputs to at least 2 or change model.loss");
        ShouldSay(spec with { Model = spec.Model with { Loss = LossKind.Logistic } }, "model.outputs must be 1 where model.loss is logistic, got 2; set model.outputs to 1 or change model.loss");
        RunSpecValidation.Errors(spec with { Data = spec.Data with { Dim = 30_000, Patches = 40_000, Train = 1, Test = 1 } })[0]
            .ShouldBe("a sample, data.patches x data.dim, must be at most 1073741824 numbers, got 1200000000; make data.patches or data.dim smaller");
        ShouldSay(spec with { Data = spec.Data with { Train = 20_000_000 } }, "the training set, data.train x data.patches x data.dim, must be at most 1073741824 numbers, got 4000000000; make data.train or data.dim smaller");
        ShouldSay(spec with { Data = spec.Data with { Test = 20_000_000 } }, "the test set, data.test x data.patches x data.dim, must be at most 1073741824 numbers, got 4000000000; make data.test or data.dim smaller");
        ShouldSay(spec with { Data = spec.Data with { Train = 1_000_000 }, Model = spec.Model with { Experts = 2000 } }, "a minibatch's scores, samples x model.experts, must be at most 1073741824 numbers, got 2000000000; make training.minibatch or model.experts smaller");
        ShouldSay(Presets.For(Recipe.Reference, "1", ModelKind.Single, Activation.Cubic) with { Recipe = Recipe.Paper }, "recipe paper is an algorithm for mixtures; leave recipe at reference where model.kind is single");
        ShouldSay(spec with { Routing = spec.Routing with { Gate = GateKind.One, LoadBalance = 1 } }, "routing.loadBalance must be 0 where routing.gate is one, for that router does not learn");
        ShouldSay(spec with { Routing = spec.Routing with { Balance = BalanceKind.Switch } }, "routing.balance switch needs the probabilities of a softmax gate, but routing.gate is score; set routing.gate to softmax or routing.balance to scores");
        ShouldSay(spec with { Training = spec.Training with { Router = new() { Method = OptimiserMethod.Adam, Momentum = 0.5 } } }, "training.router.momentum must be 0 where training.router.method is adam, which has means of its own");
        ShouldSay(spec with { Training = spec.Training with { Expert = spec.Training.Expert with { Clip = 1 } } }, "training.expert.clip must be 0 where training.expert.normalise is sum, which gives every gradient the same norm; set training.expert.normalise to none");
        ShouldSay(spec with { Training = spec.Training with { Warmup = 5 } }, "training.warmup must be 0 where training.schedule is constant; set training.schedule to warmup-cosine");
        ShouldSay(spec with { Training = spec.Training with { Steps = 4, Warmup = 5, Schedule = ScheduleKind.WarmupCosine } }, "training.warmup must be at most 4, which is training.steps, got 5");
        ShouldSay(spec with { Training = spec.Training with { DecayEvery = 5, Schedule = ScheduleKind.Cosine } }, "training.decayEvery must be 0 where training.schedule is cosine; set training.schedule to step");
        ShouldSay(spec with { Data = spec.Data with { Dim = 1_000_000, Clusters = 600, Train = 1, Test = 1 } }, "the signals, 2 x data.clusters x data.dim, must be at most 1073741824 numbers, got 1200000000; make data.clusters or data.dim smaller");
        ShouldSay(spec with { Data = spec.Data with { Dim = 1_000_000, Train = 1, Test = 1 }, Model = spec.Model with { Options = new PatchCnnOptions { Filters = 65_536 } } }, "an expert, model.filters x model.outputs x data.dim, must be at most 1073741824 numbers, got 131072000000; make model.filters or data.dim smaller");
        ShouldSay(spec with { Data = spec.Data with { Dim = 1_000_000, Train = 1, Test = 1 }, Model = spec.Model with { Experts = 4096 } }, "the router, model.experts x data.dim, must be at most 1073741824 numbers, got 4096000000; make model.experts or data.dim smaller");
        // Exactly 2^32 activations, which as an int would be none.
        var wide = spec with { Data = spec.Data with { Patches = 2048, Dim = 8, Train = 100, Test = 100 }, Model = spec.Model with { Options = new PatchCnnOptions { Filters = 65_536 } } };
        ShouldSay(wide, "the activations of 16 samples, data.patches x model.filters x model.outputs of each, must be at most 1073741824 numbers, got 4294967296; make data.patches or model.filters smaller");
        RunSpecValidation.Errors(wide with { Data = wide.Data with { Patches = 512 } }).ShouldBeEmpty();
        RunSpecValidation.Errors(spec with { Model = spec.Model with { Outputs = 10 } }).ShouldBeEmpty();
        RunSpecValidation.Errors(spec with { Data = spec.Data with { Clusters = 25 }, Training = spec.Training with { Minibatch = 16_000, Block = 65_536 } }).ShouldBeEmpty();

        static void ShouldSay(RunSpec spec, string error) => RunSpecValidation.Errors(spec).ShouldBe([error]);
    }

    [Fact]
    public void Fields_of_another_kind_of_expert_are_refused()
    {
        var cnn = new RunSpec();
        var mlp = Presets.For(Recipe.Reference, "1", ModelKind.Mixture, expert: "mlp");
        Refusal.Check(
            () => RunSpecJson.Parse(RunSpecJson.Write(cnn).Replace("\"hidden\": 512", "\"hidden\": 64", StringComparison.Ordinal), "spec.json"),
            "spec.json: model.hidden: model.hidden has no meaning where model.expert is cnn; leave it out");
        Refusal.Check(
            () => RunSpecJson.Parse(RunSpecJson.Write(mlp).Replace("\"filters\": 8", "\"filters\": 16", StringComparison.Ordinal), "spec.json"),
            "spec.json: model.filters: model.filters has no meaning where model.expert is mlp; leave it out");
        ShouldSay(mlp with { Model = mlp.Model with { Activation = Activation.Gelu } }, "model.activation must be relu where model.expert is mlp, got gelu; leave it out");
        ShouldSay(mlp with { Model = mlp.Model with { Bias = false } }, "model.bias must be true where model.expert is mlp; leave it out");
        ShouldSay(
            mlp with { Model = mlp.Model with { Options = new MlpOptions { Hidden = 65_536 } }, Data = mlp.Data with { Dim = 10_000, Train = 1, Test = 1 } },
            "an expert, model.hidden x (data.patches x data.dim + model.outputs), must be at most 1073741824 numbers, got 2623537152; make model.hidden or data.dim smaller");
        RunSpecValidation.Errors(mlp with { Model = mlp.Model with { Options = new MlpOptions { Hidden = 1 }, Outputs = 1000 } }).ShouldBeEmpty();

        static void ShouldSay(RunSpec spec, string error) => RunSpecValidation.Errors(spec).ShouldBe([error]);
    }

    [Fact]
    public void Data_from_files_needs_a_folder_and_a_hash_and_no_ranges_and_its_sizes_are_free()
    {
        var files = new DataSpec { Source = DataSource.Files, Path = "a folder", Sha256 = new('0', 64), Clusters = 1, Patches = 1, Dim = 3, Train = 5, Test = 2 };
        Errors(files).ShouldBeEmpty();
        Errors(files with { Clusters = 7 }).ShouldBeEmpty();
        Errors(files with { Path = "" }).ShouldBe(["data.path must name the folder of the files where data.source is files"]);
        Errors(files with { Sha256 = "" }).ShouldBe(["data.sha256 must be the hash of the files where data.source is files; 'moe spec --data DIR' prints it"]);
        Errors(files with { Sha256 = new('0', 63) }).ShouldHaveSingleItem().ShouldStartWith("data.sha256: must be 64 hexadecimal digits, got ");
        Errors(files with { Sha256 = new string('0', 64) + "\n" }).ShouldHaveSingleItem().ShouldStartWith("data.sha256: ");
        Errors(files with { Path = "a\nb" }).ShouldBe(["data.path: must be the path of a folder, got 'a b'"]);
        DataSpec[] ranges = [files with { Seed = 2 }, files with { Setting = "2" }, files with { Alpha = new(1, 2) }, files with { Beta = new(1, 3) }, files with { Gamma = new(1, 2) }, files with { Sigma = 2 }, files with { Scale = 1 }];
        foreach (var data in ranges) Errors(data).ShouldHaveSingleItem().ShouldEndWith(" says how data is made and has no meaning for data from files; leave it out");

        static IReadOnlyList<string> Errors(DataSpec data) => RunSpecValidation.Errors(new RunSpec { Data = data });
    }

    [Fact]
    public void All_errors_are_found_and_the_first_is_thrown()
    {
        var spec = new RunSpec { Data = new DataSpec { Sigma = -1, Setting = "9" }, Model = null! };
        var errors = RunSpecValidation.Errors(spec);
        errors.Take(2).ShouldBe(["data.setting: unknown '9'; one of 1, 2, 3, 4, theorem", "data.sigma: must be 0 to 1,000,000, got -1"]);
        errors.ShouldContain("model.experts: must not be null");
        Should.Throw<SpecificationException>(() => RunSpecValidation.Validate(spec)).Message.ShouldBe(errors[0]);
        RunSpecValidation.Validate(new RunSpec());
    }

    private static void ShouldRefuse(string path, RunSpec spec)
    {
        var errors = RunSpecValidation.Errors(spec);
        errors.Count.ShouldBe(1, path);
        errors[0].ShouldStartWith($"{path}: ");
    }
}
