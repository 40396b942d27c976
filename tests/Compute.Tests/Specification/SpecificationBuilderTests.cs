using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Specification;

public sealed partial class SpecificationBuilderTests
{
    [Fact]
    public void Later_layers_stand_above_earlier_ones_and_all_above_the_presets()
    {
        var spec = new SpecificationBuilder()
            .AddJson("""{ "model": { "experts": 3, "filters": 5 }, "training": { "expert": { "rate": 0.5 } } }""", "spec.json")
            .Set("model.experts", "6", "--experts")
            .Set("training.expert.rate=0.01")
            .Set("training.expert.rate=0.02")
            .Build();
        var defaults = new RunSpec();
        spec.ShouldBe(defaults with
        {
            Model = defaults.Model with { Experts = 6, Options = new PatchCnnOptions { Filters = 5 } },
            Training = defaults.Training with { Expert = defaults.Training.Expert with { Rate = 0.02 } },
        });
    }

    [Theory]
    [InlineData("training.minibatch=0", true)]
    [InlineData("training.minibatch=16000", true)]
    [InlineData("training.minibatch=15999", false)]
    [InlineData("training.minibatch=64", false)]
    public void A_presets_stop_rule_is_off_with_minibatches_unless_it_is_asked_for(string minibatch, bool isOn)
    {
        new SpecificationBuilder().Set(minibatch).Build().Training.Stop.Enabled.ShouldBe(isOn);
        new SpecificationBuilder().Set(minibatch).Set("training.stop.enabled=true").Build().Training.Stop.Enabled.ShouldBeTrue();
        new SpecificationBuilder().AddJson("""{ "training": { "stop": { "enabled": true } } }""", "spec.json").Set(minibatch).Build().Training.Stop.Enabled.ShouldBeTrue();
    }

    [Fact]
    public void Recipe_and_setting_choose_the_presets_below_explicit_values_wherever_they_stand()
    {
        var spec = new SpecificationBuilder()
            .AddJson("""{ "recipe": "reference", "data": { "setting": "1", "sigma": 0.25 }, "training": { "router": { "rate": 0.5 } } }""", "spec.json")
            .Set("recipe=paper")
            .Set("data.setting", "theorem", "--setting")
            .Build();
        var preset = Presets.For(Recipe.Paper, "theorem");
        spec.ShouldBe(preset with
        {
            Data = preset.Data with { Sigma = 0.25 },
            Training = preset.Training with { Router = preset.Training.Router with { Rate = 0.5 } },
        });
    }

    [Theory]
    [InlineData("data.setting", "4", "--setting: data.setting 4 chooses data.gamma [0.5, 2], but spec.json: data.gamma is [0.5, 3], of data.setting 1; leave one of them out, or set fields one by one")]
    [InlineData("recipe", "paper", "--recipe: recipe paper chooses model.outputs 1, but spec.json: model.outputs is 2, of recipe reference; leave one of them out, or set fields one by one")]
    [InlineData("model.kind", "single", "--kind: model.kind single chooses model.experts 1, but spec.json: model.experts is 8, of model.kind mixture; leave one of them out, or set fields one by one")]
    public void A_label_does_not_name_the_values_that_a_file_has_of_another_one(string label, string other, string expected)
    {
        var saved = RunSpecJson.Write(new SpecificationBuilder().Build());
        var option = $"--{label.Split('.')[^1]}";
        Should.Throw<SpecificationException>(() => new SpecificationBuilder().AddJson(saved, "spec.json").Set(label, other, option).Build()).Message.ShouldBe(expected);

        var same = SpecField.Format(SpecFields.Find(label)!.Get(new RunSpec())!);
        RunSpecJson.Write(new SpecificationBuilder().AddJson(saved, "spec.json").Set(label, same, option).Build()).ShouldBe(saved);
    }

    [Fact]
    public void Values_may_be_typed_in_any_usual_form()
    {
        var spec = new SpecificationBuilder().Set("data.train=1e3").Set("data.alpha=0.25,1").Set("data.gamma=[1, 1e1]").Set("model.bias= false ")
            .Set("training.seed=9223372036854775807").Set("training.expert.normalise=none").Build();
        spec.Data.Train.ShouldBe(1000);
        spec.Data.Alpha.ShouldBe(new UniformRange(0.25, 1));
        spec.Data.Gamma.ShouldBe(new UniformRange(1, 10));
        spec.Model.Bias.ShouldBeFalse();
        spec.Training.Seed.ShouldBe(long.MaxValue);
        spec.Training.Expert.Normalise.ShouldBe(NormKind.None);
    }

    [Theory]
    [InlineData("model.experts", "0", "--experts", "--experts: must be 1 to 4096, got 0")]
    [InlineData("model.experts", "NaN", "--experts", "--experts: must be 1 to 4096, got NaN")]
    [InlineData("model.experts", "99999999999999999999", "--experts", "--experts: must be 1 to 4096, got 99999999999999999999")]
    [InlineData("model.experts", "4294967297", "--experts", "--experts: must be 1 to 4096, got 4294967297")]
    [InlineData("model.experts", "many", "--experts", "--experts: must be a whole number 1 to 4096, got 'many'")]
    [InlineData("model.experts", "", "--experts", "--experts: must be a whole number 1 to 4096, got ''")]
    [InlineData("model.activation", "cubik", "--activation", "--activation: unknown 'cubik'; one of linear, cubic, relu, celu, gelu, tanh*; did you mean 'cubic'?")]
    [InlineData("model.activation", "1", "--activation", "--activation: unknown '1'; one of linear, cubic, relu, celu, gelu, tanh*")]
    [InlineData("recipe", "Paper", "--recipe", "--recipe: unknown 'Paper'; one of reference, paper, plain; did you mean 'paper'?")]
    [InlineData("training.steps", "-5", "--steps", "--steps: must be 1 to 10,000,000, got -5")]
    [InlineData("training.seed", "-1", "--seed", "--seed: must be 0 to 9223372036854775807, got -1")]
    [InlineData("training.expert.momentum", "1", "--momentum", "--momentum: must be 0 to under 1, got 1")]
    [InlineData("training.expert.rate", "Infinity", "--rate", "--rate: must be 0 to 1e30, got Infinity")]
    public void A_bad_option_is_refused_by_its_name(string path, string value, string option, string expected) =>
        Refusal.Check(() => new SpecificationBuilder().Set(path, value, option), expected);

    [Theory]
    [InlineData("training.expert.rate=NaN", "--set training.expert.rate: must be 0 to 1e30, got NaN")]
    [InlineData("training.expert.rate=a\nb", "--set training.expert.rate: must be a number 0 to 1e30, got 'a b'")]
    [InlineData("training.expert.rat=1", "--set: unknown field 'training.expert.rat'; did you mean 'training.expert.rate'?")]
    [InlineData("trainign.exprt.rate=1", "--set: unknown field 'trainign.exprt.rate'; did you mean 'training.expert.rate'?")]
    [InlineData("activation=cubic", "--set: unknown field 'activation'; did you mean 'model.activation'?")]
    [InlineData("hierarchy.levels=1", "--set: unknown field 'hierarchy.levels'; fields begin with recipe, data, model, routing, training")]
    [InlineData("training.stop=false", "--set: 'training.stop' is a group of fields; set one of training.stop.enabled, training.stop.from, training.stop.floor, training.stop.rise")]
    [InlineData("training.steps", "--set: must be path=value, such as training.expert.rate=0.01, got 'training.steps'")]
    [InlineData("=3", "--set: must be path=value, such as training.expert.rate=0.01, got '=3'")]
    public void A_bad_set_is_refused_by_its_path(string assignment, string expected) =>
        Refusal.Check(() => new SpecificationBuilder().Set(assignment), expected);

    private static readonly DataSpec Files = new() { Source = DataSource.Files, Path = "/data", Sha256 = new('a', 64), Clusters = 1, Patches = 2, Dim = 3, Train = 5, Test = 4 };

    private static SpecificationBuilder PlainFiles => new SpecificationBuilder().Set("data.source", "files", "--data").Set("data.path", "data", "--data");

    private static SpecificationBuilder FromFiles => PlainFiles.Set("recipe", "reference", "--recipe");

    private static readonly DataSpec ManyFiles = Files with { Train = 60_000, Test = 10_000, Patches = 1, Dim = 784 };

    [Fact]
    public void Files_decide_the_sizes_and_a_saved_specification_of_them_reads_back()
    {
        FromFiles.DataFolder.ShouldBe("data");
        var spec = FromFiles.UseFiles(Files, 2).Build();
        spec.ShouldBe(new RunSpec { Data = Files });
        RunSpecJson.Parse(RunSpecJson.Write(spec), "spec.json").ShouldBe(spec);
        var again = new SpecificationBuilder().AddJson(RunSpecJson.Write(spec), "spec.json");
        again.DataFolder.ShouldBe("/data");
        again.UseFiles(Files with { Path = "/moved" }, 2).Build().ShouldBe(new RunSpec { Data = Files with { Path = "/moved" } });
        new SpecificationBuilder().DataFolder.ShouldBeNull();
    }

    [Fact]
    public void What_contradicts_the_files_or_has_no_meaning_for_them_is_refused()
    {
        Refusal.Check(() => FromFiles.Set("data.train=6").UseFiles(Files, 2), "--set data.train: data.train must be 5, as in the files in '/data', got 6; leave it out");
        FromFiles.Set("data.train=5").UseFiles(Files, 2).Build().Data.Train.ShouldBe(5);
        Refusal.Check(
            () => new SpecificationBuilder().AddJson(RunSpecJson.Write(new RunSpec { Data = Files }), "spec.json").UseFiles(Files with { Sha256 = new('b', 64) }, 2),
            $"spec.json: data.sha256: data.sha256 is {new string('a', 64)}, but that of the files in '/data' is {new string('b', 64)}: they have changed, or are others; leave it out to take them as they are");
        foreach (var (path, option) in new[] { ("data.setting", "--setting"), ("data.seed", "--data-seed") })
            Refusal.Check(() => FromFiles.Set(path, "1", option).UseFiles(Files, 2).Build(), $"{option}: {path} says how data is made and has no meaning for data from files; leave it out");
        Refusal.Check(
            () => FromFiles.AddJson("""{"data": {"alpha": [1, 2]}}""", "spec.json").UseFiles(Files, 2).Build(),
            "spec.json: data.alpha: data.alpha says how data is made and has no meaning for data from files; leave it out");
        Refusal.Check(
            () => FromFiles.Set("data.source=clusters").Build(),
            "--set data.source: data.path must be empty where data.source is clusters; leave it out, or set data.source to files");
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(8, 256)]
    [InlineData(9, 512)]
    [InlineData(33, 2048)]
    [InlineData(4096, 2048)]
    public void Blocks_grow_with_the_number_of_experts_where_their_size_is_not_given(int experts, int block)
    {
        SpecificationBuilder Builder() => new SpecificationBuilder().Set($"model.experts={experts}");
        Builder().Build().Training.Block.ShouldBe(block);
        Builder().Set("training.block=64").Build().Training.Block.ShouldBe(64);
        Builder().Set("model.expert=mlp").Build().Training.Block.ShouldBe(1024);
        new SpecificationBuilder().AddJson(RunSpecJson.Write(new RunSpec()), "saved.json").Set($"model.experts={experts}").Build().Training.Block.ShouldBe(256);
    }

    [Fact]
    public void Files_decide_the_number_of_outputs_where_it_is_not_given()
    {
        FromFiles.UseFiles(Files, 10).Build().Model.Outputs.ShouldBe(10);
        FromFiles.UseFiles(Files, 1).Build().Model.Outputs.ShouldBe(2);
        FromFiles.Set("model.outputs=12").UseFiles(Files, 10).Build().Model.Outputs.ShouldBe(12);
        FromFiles.Set("recipe=paper").UseFiles(Files, 2).Build().Model.Outputs.ShouldBe(1);
        Refusal.Check(
            () => FromFiles.Set("model.outputs=9").UseFiles(Files, 10).Build(),
            "--set model.outputs: model.outputs must be at least 10, for the labels in '/data' are 0 to 9, got 9; leave it out");
        Refusal.Check(
            () => FromFiles.Set("recipe=paper").UseFiles(Files, 3).Build(),
            "model.loss logistic has two classes, but the labels in '/data' are 0 to 2; set model.loss to crossEntropy, or leave recipe at reference");
    }

    [Fact]
    public void What_is_typed_has_a_meaning_for_the_kind_of_expert()
    {
        new SpecificationBuilder().Set("model.expert=mlp").Set("model.hidden=512").Build().Model.Options.ShouldBe(new MlpOptions { Hidden = 512 });
        Refusal.Check(
            () => new SpecificationBuilder().Set("model.hidden", "512", "--hidden").Build(),
            "--hidden: model.hidden has no meaning where model.expert is cnn; leave it out");
        Refusal.Check(
            () => new SpecificationBuilder().Set("model.expert=mlp").Set("model.filters", "8", "--filters").Build(),
            "--filters: model.filters has no meaning where model.expert is mlp; leave it out");
        Refusal.Check(
            () => new SpecificationBuilder().Set("model.expert=mlp").Set("model.activation", "tanh", "--activation").Build(),
            "--activation: model.activation must be relu where model.expert is mlp, got tanh; leave it out");
    }

    [Fact]
    public void A_contradiction_names_the_last_of_the_users_values_in_it()
    {
        Refusal.Check(
            () => new SpecificationBuilder().AddJson("""{"data": {"dim": 20}}""", "spec.json").Set("data.clusters", "11", "--clusters").Set("data.sigma=1").Build(),
            "--clusters: data.dim must be at least 22, twice data.clusters, whose signals are orthonormal, got 20");
        Refusal.Check(
            () => new SpecificationBuilder().Set("model.loss=logistic").Build(),
            "--set model.loss: model.outputs must be 1 where model.loss is logistic, got 2; set model.outputs to 1 or change model.loss");
    }
}
