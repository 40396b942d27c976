using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>The test set is classified in pieces, and a piece that fails is repeated by itself.</summary>
public sealed class TestEvaluationTests
{
    private static readonly RunSpec s_spec = Specifications.Small("data.test=2500");

    private readonly FakeTrainingGrains _grains = new(s_spec) { Routers = 2 };

    [Fact]
    public async Task Every_sample_is_classified_once_in_pieces_of_one_size()
    {
        (await Accuracy()).ShouldBe(100.0 * ((4 * 102) + 90) / 2500);
        _grains.Events.ShouldBe(
        [
            "Evaluate 6 from 0 on 512 by 0", "Evaluate 6 from 512 on 512 by 1", "Evaluate 6 from 1024 on 512 by 0", "Evaluate 6 from 1536 on 512 by 1",
            "Evaluate 6 from 2048 on 452 by 0",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task A_piece_that_fails_is_repeated_alone_after_lost_experts_were_restored()
    {
        var failures = 3;
        _grains.Fail = what => what.StartsWith("Evaluate 6 from 2048", StringComparison.Ordinal) && failures-- > 0 ? new InvalidOperationException("expert 3 is at version 0") : null;
        (await Accuracy()).ShouldBe(100.0 * ((4 * 102) + 90) / 2500);
        _grains.Events.Count(what => what.StartsWith("Evaluate", StringComparison.Ordinal)).ShouldBe(5 + 3);
        _grains.Events.Count(what => what == "restore at 6, best 4 in 2").ShouldBe(3);
    }

    [Fact]
    public async Task A_silo_that_is_lost_is_waited_for_until_its_experts_can_be_restored()
    {
        var failures = 9;
        var isLost = true;
        _grains.Fail = what =>
        {
            if (what.StartsWith("restore", StringComparison.Ordinal)) return isLost && failures-- > 0 ? new TimeoutException() : Found();
            return isLost ? new InvalidOperationException("expert 3 on silo b", new TimeoutException()) : null;

            Exception? Found()
            {
                isLost = false;
                return null;
            }
        };
        (await Accuracy()).ShouldBe(100.0 * ((4 * 102) + 90) / 2500);
    }

    [Fact]
    public async Task Only_a_piece_that_fails_at_every_attempt_fails_the_evaluation()
    {
        _grains.Fail = what => what.EndsWith("by 1", StringComparison.Ordinal) ? new IOException("a failed call") : null;
        (await Should.ThrowAsync<EvaluationFailedException>(Accuracy())).Message.ShouldBe("The evaluation of the weights after 6 steps failed at shard 1: a failed call");
        _grains.Events.Count(what => what.EndsWith("by 1", StringComparison.Ordinal)).ShouldBe(2 * TestEvaluation.AttemptLimit, "two pieces");
    }

    private Task<double> Accuracy()
    {
        var final = new RunWeights(WireTensor<float>.None, _grains.Weights(1));
        var retry = new RetryPolicy(TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(2) };
        return new TestEvaluation(_grains, s_spec.Data, new EvaluatedWeights(2, 6, final, 4, final), retry, TestContext.Current.CancellationToken)
            .Accuracy(RoutePurpose.Evaluate, 6, WireTensor<float>.None);
    }
}
