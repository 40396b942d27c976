using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Tests.Folder;

public sealed class RunFolderTests
{
    [Theory]
    [InlineData("absent")]
    [InlineData("absent/below")]
    [InlineData("empty")]
    [InlineData("empty/")]
    public void A_folder_that_is_absent_or_empty_is_taken_and_left_as_it_is(string path)
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("empty"));

        RunFolder.Open(workspace.At(path), overwrite: false).Path.ShouldBe(workspace.At(path.TrimEnd('/')));

        workspace.Entries.ShouldBe(["empty"]);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_refused_even_to_overwrite()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("out", "summary.json"));

        Should.Throw<RunFolderException>(() => RunFolder.Open(workspace.At("out"), overwrite: true)).Message.ShouldContain("'summary.json'");
    }

    [Fact]
    public void A_link_to_nothing_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only some users make links.");
        using var workspace = new Workspace();
        File.CreateSymbolicLink(workspace.At("link"), workspace.At("nothing"));

        Should.Throw<RunFolderException>(() => RunFolder.Open(workspace.At("link"), overwrite: false)).Message.ShouldContain("is a link to");
    }

    [Fact]
    public void A_run_without_a_summary_leaves_specification_metrics_and_weights_and_is_no_finished_run()
    {
        using var workspace = new Workspace();
        var spec = new RunSpec { Model = new ModelSpec { Experts = 3, Options = new PatchCnnOptions { Filters = 2 } } };
        var weights = InitialWeights.Draw<float>(spec, 50, 4);
        var run = new UnevaluatedRun("run", SpecHash.Of(spec), RunSpecJson.Write(spec), [new StepRecord(0, 1, 50, 0, 1, 0, 0, 0, 0)], weights, 7, weights, 4);

        RunFolder.Open(workspace.At("out"), overwrite: false).WriteUnevaluated(run);

        Directory.GetFiles(workspace.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["best-weights.safetensors", "metrics.csv", "specification.json", "weights.safetensors"]);
        SavedRun.IsIn(workspace.At("out")).ShouldBeFalse();
        SavedWeights.Read(workspace.At("out", "weights.safetensors"), spec).Version.ShouldBe(7);
        SavedWeights.Read(workspace.At("out", "best-weights.safetensors"), spec).Version.ShouldBe(4);
    }

    [Theory]
    [InlineData(245, true)]
    [InlineData(300, false)]
    public void A_name_is_taken_if_the_file_system_takes_it(int length, bool taken)
    {
        using var workspace = new Workspace();
        var path = workspace.At(new string('a', length));

        if (taken) RunFolder.Open(path, overwrite: false).Path.ShouldBe(path);
        else Should.Throw<RunFolderException>(() => RunFolder.Open(path, overwrite: false)).Message.ShouldContain("too long");

        workspace.Entries.ShouldBeEmpty();
    }
}
