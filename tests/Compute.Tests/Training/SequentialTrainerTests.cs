using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

public sealed class SequentialTrainerTests
{
    [Theory]
    [MemberData(nameof(SmallRuns.Names), MemberType = typeof(SmallRuns))]
    public void Vectors_give_the_bits_of_the_scalar_reference(string name)
    {
        var spec = SmallRuns.All[name];
        RunSpecValidation.Validate(spec);
        var data = ClusterData.Generate<float>(spec.Data);
        var (fast, reference) = (new List<StepMetrics>(), new List<StepMetrics>());
        var first = new SequentialTrainer<float>(spec, data).Run(fast.Add);
        var second = new SequentialTrainer<float>(spec, data, expert: ExpertKinds.CreateReference<float>(spec.Model, spec.Data.Dim, spec.Data.Patches)).Run(reference.Add);
        first.Weights.Sha256().ShouldBe(second.Weights.Sha256());
        first.Weights.Sha256().ShouldNotBe(InitialWeights.Draw<float>(spec, 20, 4).Sha256());
        fast.ShouldBe(reference);
        fast.Count.ShouldBe(5);
        first.LastCounts.Values.ToArray().ShouldBe(second.LastCounts.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(SmallRuns.Names), MemberType = typeof(SmallRuns))]
    public void Floats_follow_the_doubles(string name)
    {
        var spec = SmallRuns.All[name] with { Training = SmallRuns.All[name].Training with { Steps = 3 } };
        var floats = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();
        var doubles = new SequentialTrainer<double>(spec, ClusterData.Generate<double>(spec.Data)).Run();
        floats.LastStep.Loss.ShouldBe(doubles.LastStep.Loss, 1e-4);
        foreach (var (a, b) in floats.Weights.Tensors().Zip(doubles.Weights.Tensors()))
        {
            for (var i = 0; i < a.Values.Length; i++) ((double)a.Values[i]).ShouldBe(b.Values[i], 1e-4, $"{b.Name}[{i}]");
        }
    }

    [Fact]
    public void The_first_losses_are_those_of_no_knowledge()
    {
        Metrics(SmallRuns.Reference)[0].Loss.ShouldBe(Math.Log(2), 1e-6);
        Metrics(SmallRuns.Paper)[0].Loss.ShouldBe(Math.Log(2), 1e-3);
        Metrics(SmallRuns.Reference)[0].Entropy.ShouldBeInRange(0.9, Math.Log(3));
        Metrics(SmallRuns.Reference).Select(step => step.Step).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void A_step_that_stops_the_run_makes_no_update()
    {
        // A rate this large makes the loss rise; the run stops where it does.
        var spec = SmallRuns.Reference with
        {
            Training = SmallRuns.Reference.Training with
            {
                Steps = 100,
                Router = new OptimiserSpec { Rate = 50 },
                Expert = new OptimiserSpec { Rate = 3, Normalise = NormKind.Sum },
                Stop = new StopSpec(),
            },
        };
        var data = ClusterData.Generate<float>(spec.Data);
        var outcome = new SequentialTrainer<float>(spec, data).Run();
        outcome.StopReason.ShouldBe(StopReason.Rise);
        var stopped = outcome.LastStep.Step;
        stopped.ShouldBeInRange(1, 98);

        // As many updates as there were steps before the one that stopped.
        var before = spec with { Training = spec.Training with { Steps = (int)stopped, Stop = new StopSpec { Enabled = false } } };
        var without = new SequentialTrainer<float>(before, data).Run();
        without.StopReason.ShouldBe(StopReason.Steps);
        without.Weights.Sha256().ShouldBe(outcome.Weights.Sha256());
    }

    [Fact]
    public void A_run_that_reaches_the_floor_says_so()
    {
        var spec = SmallRuns.Reference with { Training = SmallRuns.Reference.Training with { Steps = 400, Stop = new StopSpec { Floor = 0.68, Rise = 10 } } };
        var outcome = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();
        outcome.StopReason.ShouldBe(StopReason.Floor);
        outcome.LastStep.Loss.ShouldBeLessThanOrEqualTo(0.68);
    }

    [Fact]
    public void Experts_without_samples_go_on_by_momentum_and_decay()
    {
        var spec = SmallRuns.Reference with
        {
            Training = SmallRuns.Reference.Training with { Steps = 3, Expert = new OptimiserSpec { Rate = 0.5, Normalise = NormKind.Sum, Momentum = 0.5, WeightDecay = 0.125 } },
        };
        var data = ClusterData.Generate<float>(spec.Data);
        var start = InitialWeights.Draw<float>(spec, 20, 4);
        var outcome = new SequentialTrainer<float>(spec, data, noise: new AllTo(2)).Run();
        outcome.LastCounts.OfExpert(2).ShouldBe(150);
        foreach (var m in new[] { 0, 1, 3, 4 })
        {
            var (weights, velocity) = (start.Experts[m].ToArray(), new float[start.Experts[m].Length]);
            for (var step = 0; step < 3; step++)
            {
                for (var i = 0; i < weights.Length; i++)
                {
                    velocity[i] = MathF.FusedMultiplyAdd(velocity[i], 0.5f, weights[i] * 0.125f);
                    weights[i] = MathF.FusedMultiplyAdd(velocity[i], -0.5f, weights[i]);
                }
            }

            outcome.Weights.Experts[m].ShouldHaveTheBitsOf<float>(weights, $"expert {m}");
        }
    }

    [Fact]
    public void The_block_decides_bits_and_nothing_more()
    {
        var data = ClusterData.Generate<float>(SmallRuns.Reference.Data);
        var (first, second) = (Run(16), Run(256));
        first.Weights.Sha256().ShouldNotBe(second.Weights.Sha256());
        first.LastStep.Loss.ShouldBe(second.LastStep.Loss, 1e-4);

        TrainingOutcome<float> Run(int block) =>
            new SequentialTrainer<float>(SmallRuns.Reference with { Training = SmallRuns.Reference.Training with { Block = block } }, data).Run();
    }

    // The paper's claim, made small. Bits are the same everywhere, so this holds everywhere or nowhere.
    [Fact]
    public void A_cubic_mixture_learns_and_specialises_and_a_linear_one_does_neither_fully()
    {
        var (cubic, cubicEntropy) = Run(Activation.Cubic);
        var (linear, linearEntropy) = Run(Activation.Linear);
        cubic.ShouldBeGreaterThan(96);
        cubicEntropy.ShouldBeLessThan(0.4);
        linear.ShouldBeLessThan(cubic);
        linearEntropy.ShouldBeGreaterThan(2 * cubicEntropy);

        static (double Accuracy, double Entropy) Run(Activation activation)
        {
            var spec = SmallRuns.Reference with
            {
                Data = SmallRuns.Reference.Data with { Train = 800, Test = 800 },
                Model = SmallRuns.Reference.Model with { Activation = activation, Options = new PatchCnnOptions { Filters = 8 } },
                Training = SmallRuns.Reference.Training with { Steps = 400, Block = 256 },
            };
            var data = ClusterData.Generate<float>(spec.Data);
            var outcome = new SequentialTrainer<float>(spec, data).Run();
            var accuracy = Classification.Of(spec, outcome.Weights, data.Test, RoutePurpose.EvaluateWithoutNoise, 400).Accuracy(data.Test.Labels);
            TestContext.Current.TestOutputHelper?.WriteLine($"{activation}: {accuracy} %, entropy {outcome.LastStep.Entropy}, step {outcome.LastStep.Step}");
            return (accuracy, outcome.LastStep.Entropy);
        }
    }

    private static List<StepMetrics> Metrics(RunSpec spec)
    {
        var steps = new List<StepMetrics>();
        new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run(steps.Add);
        return steps;
    }

    private sealed class AllTo(int expert) : IRouterNoise<float>
    {
        public void Draw(RoutePurpose purpose, long step, int sample, Span<float> argmax, Span<float> gate)
        {
            argmax.Clear();
            argmax[expert] = 1e6f;
            gate.Fill(0.5f);
        }
    }
}
