using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Cli.Tests;

/// <summary>moe train --initial-weights.</summary>
public sealed class InitialWeightsTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private string File => run.Workspace.At("run", "weights.safetensors");

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task Training_starts_from_the_weights_of_the_file_router_and_experts_alike(string shards)
    {
        using var workspace = new Workspace();
        var result = await MoeCommand.Train(workspace, "--initial-weights", File, "--shards", shards, "--output", "out", "--json");
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));

        var spec = RunSpecJson.Parse(await System.IO.File.ReadAllTextAsync(workspace.At("out", "specification.json"), TestContext.Current.CancellationToken), "out");
        spec.Training.InitialWeightsSha256.ShouldBe(run.Result.Json.GetProperty("weightsSha256").GetString());
        var (start, _) = WeightsTensors.Read(File, spec);
        var drawn = spec with { Training = spec.Training with { InitialWeights = "", InitialWeightsSha256 = "" } };
        var expected = new SequentialTrainer<float>(drawn, ClusterData.Generate<float>(drawn.Data), start: start).Run();
        result.Json.GetProperty("weightsSha256").GetString().ShouldBe(expected.Weights.Sha256());
        // Not those that a run would draw.
        expected.Weights.Sha256().ShouldNotBe(run.Result.Json.GetProperty("weightsSha256").GetString());
    }

    [Fact]
    public async Task A_file_that_has_changed_or_does_not_fit_is_refused_before_anything_is_started()
    {
        using var workspace = new Workspace();
        (await Errors("--initial-weights", File, "--experts", "3")).ShouldStartWith($"--initial-weights: {File}: tensor");
        (await Errors("--initial-weights", File, "--filters", "4")).ShouldStartWith($"--initial-weights: {File}: tensor 'experts.0.");
        (await Errors("--initial-weights", "nothing.safetensors")).ShouldStartWith("--initial-weights: nothing.safetensors");
        (await Errors("--set", $"training.initialWeights={File}")).ShouldContain("training.initialWeightsSha256 must be the hash of the weights");
        var hash = new string('0', 64);
        (await Errors("--set", $"training.initialWeights={File}", "--set", $"training.initialWeightsSha256={hash}")).ShouldEndWith($"but the specification has {hash}");
        workspace.Entries.ShouldBeEmpty();

        async Task<string> Errors(params string[] options)
        {
            var result = await MoeCommand.Train(workspace, [.. options, "--output", "out"]);
            result.ExitCode.ShouldBe(2);
            return result.Errors.ShouldHaveSingleItem();
        }
    }
}
