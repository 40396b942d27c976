using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Comparison;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Tests.Comparison;

public sealed class RunComparisonTests
{
    private static readonly RunSpec Spec = new() { Model = new ModelSpec { Experts = 2, Options = new PatchCnnOptions { Filters = 2 } } };

    [Fact]
    public void A_run_is_equal_to_itself_however_it_was_spread()
    {
        var run = Run(Spec, [0.5, 0.25]);
        var other = run with { Record = run.Record with { Deployment = new Deployment(1, 7, 3, DispatchMode.Reference), Steps = [.. run.Record.Steps.Select(step => step with { StepMilliseconds = 99 })] } };
        var comparison = RunComparison.Of(run, other);
        comparison.EqualBits.ShouldBeTrue();
        comparison.Specification.ShouldBeEmpty();
        comparison.Curves.ShouldBe([new("loss", null, 0, null, 0.25, 0.25), new("accuracy", null, 0, null, 50, 50), new("entropy", null, 0, null, 1, 1)]);
        comparison.Tensors.Select(tensor => tensor.Name).ShouldBe(["router.weight", "experts.0.weight", "experts.0.bias", "experts.1.weight", "experts.1.bias"]);
    }

    [Fact]
    public void Fields_that_differ_are_named_with_their_values_and_labels_are_told_apart()
    {
        var other = Spec with { Recipe = Recipe.Paper, Training = Spec.Training with { Seed = 2, Expert = Spec.Training.Expert with { Rate = 0.5 } } };
        RunComparison.Of(Run(Spec, [1]), Run(other, [1])).Specification.ShouldBe(
        [
            new("recipe", "reference", "paper", DecidesBits: false),
            new("training.seed", "1", "2", DecidesBits: true),
            new("training.expert.rate", "0.001", "0.5", DecidesBits: true),
        ]);
    }

    [Fact]
    public void A_curve_has_the_first_step_whose_bits_differ_and_the_largest_difference()
    {
        var comparison = RunComparison.Of(Run(Spec, [1, 2, 3, 4, 0.0]), Run(Spec, [1, Math.BitIncrement(2.0), 3.5, 3.75, -0.0]));
        comparison.Curves[0].ShouldBe(new("loss", 1, 0.5, 2, 0.0, -0.0));
        comparison.EqualCurves.ShouldBeFalse();
        comparison.EqualWeights.ShouldBeTrue();
        comparison.EqualBits.ShouldBeFalse();
        RunComparison.Of(Run(Spec, [0.0]), Run(Spec, [-0.0])).Curves[0].FirstStep.ShouldBe(0);
    }

    [Fact]
    public void A_run_that_is_longer_differs_at_the_first_step_that_the_other_has_not()
    {
        foreach (var (a, b) in new[] { (3, 2), (2, 3) })
        {
            var curve = RunComparison.Of(Run(Spec, [.. Enumerable.Repeat(1.0, a)]), Run(Spec, [.. Enumerable.Repeat(1.0, b)])).Curves[0];
            curve.ShouldBe(new("loss", 2, 0, null, 1, 1));
        }
    }

    [Fact]
    public void A_tensor_has_the_number_of_elements_that_differ_and_the_largest_difference()
    {
        var run = Run(Spec, [1]);
        var weights = run.Weights.Copy();
        weights.Router[3] += 0.25f;
        weights.Router[4] = -0f;
        weights.Experts[1][0] = MathF.BitIncrement(weights.Experts[1][0]);
        var comparison = RunComparison.Of(run, run with { Weights = weights });
        comparison.EqualWeights.ShouldBeFalse();
        comparison.Tensors.Where(tensor => !tensor.AreEqual).Select(tensor => (tensor.Name, tensor.Elements, tensor.Differing)).ShouldBe([("router.weight", 100, 2), ("experts.1.weight", 200, 1)]);
        comparison.Tensors[0].Largest.ShouldBe(0.25);
    }

    [Fact]
    public void Tensors_of_other_shapes_and_tensors_of_one_run_alone_are_shown_as_such()
    {
        var comparison = RunComparison.Of(Run(Spec, [1]), Run(Spec with { Model = Spec.Model with { Experts = 1, Options = new PatchCnnOptions { Filters = 3 } } }, [1]));
        comparison.EqualWeights.ShouldBeFalse();
        comparison.Tensors.Count.ShouldBe(5);
        comparison.Tensors.ShouldAllBe(tensor => !tensor.SameShape && !tensor.AreEqual);
        comparison.Tensors.Single(tensor => tensor.Name == "experts.0.weight").ShapeB!.Value.ShouldBe([6, 50]);
        comparison.Tensors.Single(tensor => tensor.Name == "experts.1.bias").ShapeB.ShouldBeNull();
    }

    private static SavedRun Run(RunSpec spec, double[] losses)
    {
        var weights = InitialWeights.Draw<float>(spec, 50, 4);
        var steps = losses.Select((loss, step) => new StepRecord(step, loss, 50, 1, 1, 2, 3, 4, 5)).ToArray();
        var summary = new RunSummary("run", SpecHash.Of(spec), 1, 1, 1, losses.Length, null, StopReason.Steps, losses[^1], 50, 50, 50, 1, [[1, 1]], weights.Sha256(), 1, 1, 1, DispatchMode.Reference, 1, 1, 1, 0, null);
        return new SavedRun(spec, new RunRecord(RunRecord.CurrentFormat, RunSpecJson.Write(spec), new Deployment(1, 1, 1, DispatchMode.Reference), summary, steps, []), weights, null);
    }
}
