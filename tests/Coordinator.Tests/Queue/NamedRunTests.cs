using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Queue;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Coordinator.Tests.Queue;

/// <summary>What a submission under a name gets: the run that has the name, or a new run.</summary>
public sealed class NamedRunTests
{
    private const string Hash = "hash";

    [Fact]
    public void A_free_name_is_for_a_new_run_and_so_is_that_of_a_run_that_was_deleted()
    {
        var queue = new RunQueue([Run("a", name: null), Run("b", "other")]);
        queue.Claimed("may", Hash).ShouldBeNull();
        queue.Remove("b");
        queue.Claimed("other", Hash).ShouldBeNull();
    }

    [Theory]
    [InlineData(QueueEntryState.Queued)]
    [InlineData(QueueEntryState.Active)]
    [InlineData(QueueEntryState.Done)]
    [InlineData(QueueEntryState.Failed)]
    [InlineData(QueueEntryState.Withdrawn)]
    public void The_same_pair_gets_the_run_whatever_became_of_it(QueueEntryState state)
    {
        var queue = new RunQueue([Run("a", "may") with { State = state, Error = state == QueueEntryState.Failed ? "why" : null }]);
        var claimed = queue.Claimed("may", Hash).ShouldNotBeNull();
        (claimed.RunId, claimed.State, claimed.Name, claimed.SpecHash, claimed.IsLost).ShouldBe(("a", state, "may", Hash, false));
        claimed.Error.ShouldBe(state == QueueEntryState.Failed ? "why" : null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_specification_gets_the_run_too_and_its_hash_to_compare(bool isLost)
    {
        var queue = new RunQueue([Run("a", "may") with { State = QueueEntryState.Failed, Error = "why", IsLost = isLost }]);
        queue.Claimed("may", "another").ShouldNotBeNull().SpecHash.ShouldBe(Hash);
    }

    [Fact]
    public void A_run_that_was_lost_gives_its_name_to_the_next_which_keeps_it()
    {
        var queue = new RunQueue([Run("a", "may")]);
        queue.ActivateNext();
        queue.Update("a", run => run.With(new RunStatus(RunPhase.Unknown, 0, [], null, null)));
        queue.Entry("a")!.IsLost.ShouldBeTrue();
        queue.Claimed("may", Hash).ShouldBeNull();

        queue.Add(Run("b", "may"));
        queue.Claimed("may", Hash)!.RunId.ShouldBe("b");
        queue.Named("may")!.RunId.ShouldBe("b");
        // A search of silos may add the lost one after it.
        queue.Remove("a");
        queue.Add(Run("a", "may") with { State = QueueEntryState.Failed, IsLost = true });
        queue.Claimed("may", Hash)!.RunId.ShouldBe("b");
    }

    [Fact]
    public void Only_a_run_that_is_done_loses_its_result_and_begins_again()
    {
        var queue = new RunQueue([Run("a", "may") with { State = QueueEntryState.Done }, Run("b", "june")]);
        queue.ResultLost("a");
        queue.ResultLost("b");
        queue.ResultLost("unknown");
        queue.Entry("a")!.Error.ShouldBe("the result of the run was lost with the silo that kept it");
        (queue.Entry("a")!.State, queue.Entry("b")!.State).ShouldBe((QueueEntryState.Failed, QueueEntryState.Queued));
        queue.Claimed("may", Hash).ShouldBeNull();
        queue.Claimed("june", Hash)!.RunId.ShouldBe("b");
    }

    [Fact]
    public void A_queue_that_moves_takes_the_names_along()
    {
        var before = new RunQueue([Run("a", "may")]);
        new RunQueue([.. before.Runs]).Claimed("may", Hash)!.RunId.ShouldBe("a");
    }

    [Theory]
    [InlineData("two words", "name")]
    [InlineData("", "name")]
    [InlineData("may", "hash of the specification")]
    public void A_request_with_a_bad_name_or_the_hash_of_another_specification_is_refused(string name, string expected)
    {
        var spec = new RunSpec();
        var request = Request("a", name) with { Run = new RunContext("a", RunSpecJson.Write(spec)) };
        Should.Throw<ArgumentException>(() => TrainingRun.Check(request)).Message.ShouldContain(expected);
        Should.NotThrow(() => TrainingRun.Check(request with { Name = "may", SpecHash = SpecHash.Of(spec) }));
        Should.Throw<ArgumentException>(() => TrainingRun.Check(request with { Name = "may", SpecHash = null }));
    }

    private static RunRequest Request(string runId, string? name) =>
        new(new RunContext(runId, "{}"), new Deployment(1, 1, 1, DispatchMode.Reference), Name: name, SpecHash: Hash);

    private static SubmittedRun Run(string runId, string? name) => new(Request(runId, name), 10, DateTimeOffset.UnixEpoch);
}
