using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Training;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>Validation samples are held out of the training samples, or come from files of their own.</summary>
public sealed class ValidationTests : IDisposable
{
    private static readonly Dataset<float> s_data = ClusterData.Generate<float>(SmallRuns.Reference.Data with { Validation = 40 });

    private readonly DataFolder _folder = new();

    public ValidationTests() => _folder.With(s_data, clusters: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_share_is_held_out_of_the_training_samples_and_read_again_from_the_specification()
    {
        var whole = FileData.Read(_folder.Path);
        var spec = Build(whole, builder => builder.SetValidation("0.1", "--validation"));
        (spec.Data.Train, spec.Data.Validation, spec.Data.ValidationSha256, spec.Data.Sha256).ShouldBe((135, 15, "", whole.Specification.Sha256));
        spec.Training.EvaluateEvery.ShouldBe(1);
        RunSpecJson.Parse(RunSpecJson.Write(spec), "spec").ShouldBe(spec);

        var data = FileData.Read(spec.Data);
        (data.Train.Count, data.Validation!.Count, data.Test.Count).ShouldBe((135, 15, 100));
        Rows(data.Train).Intersect(Rows(data.Validation)).ShouldBeEmpty();
        Rows(data.Train).Concat(Rows(data.Validation)).ShouldBe(Rows(whole.Data.Train), ignoreOrder: true);
        // Not simply the last ones, and the same ones each time.
        Rows(data.Validation).ShouldNotBe(Rows(whole.Data.Train)[^15..]);
        Rows(FileData.Read(spec.Data).Validation!).ShouldBe(Rows(data.Validation));
    }

    [Fact]
    public void Which_samples_are_held_out_is_recorded()
    {
        var all = new Samples<float>(1, 1, 1, Enumerable.Range(0, 20).Select(i => (float)i).ToArray(), new int[20], new int[20]);
        ValidationSplit.Of(all, 5).Validation.Inputs.ToArray().ShouldBe([0, 3, 9, 17, 18]);
    }

    [Fact]
    public void Files_of_validation_samples_are_used_unless_they_are_left_out()
    {
        var without = Build(FileData.Read(_folder.Path));
        WriteValidation();
        var files = FileData.Read(_folder.Path);
        var spec = Build(files);
        (spec.Data.Train, spec.Data.Validation, spec.Data.Sha256).ShouldBe((150, 40, without.Data.Sha256));
        spec.Data.ValidationSha256.ShouldMatch("^[0-9a-f]{64}$");
        FileData.Read(spec.Data).Validation!.Labels.ShouldBe(s_data.Validation!.Labels);
        RunSpecJson.Parse(RunSpecJson.Write(spec), "spec").ShouldBe(spec);
        SpecHash.Of(spec).ShouldNotBe(SpecHash.Of(without));

        SpecHash.Of(Build(files, builder => builder.SetValidation("0", "--validation"))).ShouldBe(SpecHash.Of(without));
        // A specification from before the files were there keeps its hash and its data.
        SpecHash.Of(Build(files, builder => builder.AddJson(RunSpecJson.Write(without), "spec.json"))).ShouldBe(SpecHash.Of(without));
        FileData.Read(without.Data).Validation.ShouldBeNull();
        Should.Throw<SpecificationException>(() => Build(files, builder => builder.SetValidation("0.1", "--validation"))).Message
            .ShouldBe($"--validation: '{_folder.Path}' has files with 40 validation samples; leave --validation out to use them, or move their files away");
    }

    [Fact]
    public void Validation_files_that_have_changed_are_refused()
    {
        WriteValidation();
        var spec = Build(FileData.Read(_folder.Path));
        _folder.Integers("val_y.npy", [.. s_data.Validation!.Labels.Select(label => 1 - label)]);
        Should.Throw<DataFileException>(() => FileData.Read(spec.Data)).Message.ShouldStartWith($"{_folder.Path}: the validation files have changed");
        Should.Throw<SpecificationException>(() => Build(FileData.Read(_folder.Path), builder => builder.AddJson(RunSpecJson.Write(spec), "spec.json"))).Message
            .ShouldStartWith("spec.json: data.validationSha256: data.validationSha256 is ");
        File.Delete(_folder.At("val_y.npy"));
        Should.Throw<DataFileException>(() => FileData.Read(_folder.Path)).Message.ShouldStartWith($"{_folder.At("val_y.npy")}: no such file");
    }

    [Theory]
    [InlineData("1", "--validation: must be a share of the training samples, 0 to under 1, such as 0.1, got '1'")]
    [InlineData("ten", "--validation: must be a share of the training samples, 0 to under 1, such as 0.1, got 'ten'")]
    [InlineData("0.9999", "--validation: data.validation must be less than 150, the training samples in '")]
    public void A_share_that_cannot_be_held_out_is_refused(string share, string line) =>
        Should.Throw<SpecificationException>(() => Build(FileData.Read(_folder.Path), builder => builder.SetValidation(share, "--validation"))).Message.ShouldStartWith(line);

    [Theory]
    [InlineData("training.earlyStop=3", "training.earlyStop needs validation samples; hold samples out, such as with --validation 0.1, or add files of them")]
    [InlineData("training.keepBestBy=validation", "training.keepBestBy has no meaning where training.keepBest is false; set training.keepBest to true")]
    [InlineData("data.validation=5 training.evaluateEvery=0", "training.evaluateEvery must be at least 1 where there are validation samples; leave it out, or leave them out with --validation 0")]
    public void What_needs_validation_samples_says_so(string assignments, string line)
    {
        var builder = new SpecificationBuilder();
        foreach (var assignment in assignments.Split(' ')) builder.Set(assignment);
        Should.Throw<SpecificationException>(builder.Build).Message.ShouldEndWith(line);
    }

    [Fact]
    public void Generated_validation_samples_follow_those_trained_on()
    {
        var builder = new SpecificationBuilder().Set("data.train=150").SetValidation("0.2", "--validation");
        var spec = builder.Build();
        (spec.Data.Train, spec.Data.Validation).ShouldBe((120, 30));
        var (part, whole) = (ClusterData.Generate<float>(spec.Data), ClusterData.Generate<float>(spec.Data with { Train = 150, Validation = 0 }));
        Rows(part.Train).Concat(Rows(part.Validation!)).ShouldBe(Rows(whole.Train));
    }

    private void WriteValidation()
    {
        var validation = s_data.Validation!;
        NpyFile.Write(_folder.At("val_x.npy"), validation.Inputs.Span, validation.Count, validation.Patches, validation.Dim);
        _folder.Integers("val_y.npy", validation.Labels);
    }

    private RunSpec Build(FileData files, Action<SpecificationBuilder>? set = null)
    {
        var builder = new SpecificationBuilder();
        set?.Invoke(builder);
        builder.Set("data.source", "files", "--data").Set("data.path", _folder.Path, "--data");
        return builder.UseFiles(files.Specification, files.Classes).Build();
    }

    private static string[] Rows(Samples<float> samples) =>
        [.. samples.Inputs.ToArray().Chunk(samples.Patches * samples.Dim).Select((row, i) => $"{samples.Labels[i]} {string.Join(' ', row)}")];
}
