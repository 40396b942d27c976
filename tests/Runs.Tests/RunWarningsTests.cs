using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Tests;

/// <summary>moe train warns of collapse and of no specialisation, and says nothing of a healthy mixture.</summary>
public sealed class RunWarningsTests
{
    [Theory]
    [InlineData("collapse: expert 1 gets 97 % of the training samples", "5 388 3 1 1 1 1 0")]
    [InlineData("collapse: 3 of 8 experts are live, the others get at most 3.13 % of the training samples each", "30000 15000 15000 0 0 0 0 0")]
    [InlineData("collapse: expert 0 gets 100 % of the training samples", "100 0 0 0 0 0 0 0", "100 0 0 0 0 0 0 0")]
    [InlineData("no specialisation: all experts get samples of all clusters alike", "55 65 52 43 51 50 57 53", "57 68 66 58 55 72 38 51", "63 54 57 47 50 57 67 56")]
    public void A_mixture_that_is_none_is_told_so(string line, params string[] counts) => RunWarnings.Of(Spec(8), Summary(counts)).ShouldNotBeNull().ShouldStartWith(line);

    [Theory]
    // Two and ten classes, 400 and 60,000 samples, clusters unknown.
    [InlineData("60 40 70 30 55 45 50 50")]
    [InlineData("9000 12000 4000 3000 8000 9000 10000 5000")]
    [InlineData("16000 14000 15000 14500 300 100 50 50")]
    // An expert for each cluster, more experts than clusters, and all samples of one cluster.
    [InlineData("100 0 0 0 0 0 0 0", "0 0 100 0 0 0 0 0", "0 0 0 100 0 0 0 0")]
    [InlineData("4000 0 10 0 0 0 0 0", "0 3900 0 0 100 0 0 0", "0 0 0 0 0 4000 0 0", "0 0 0 0 0 0 0 4000")]
    [InlineData("100 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0")]
    public void A_healthy_mixture_is_told_nothing(params string[] counts) => RunWarnings.Of(Spec(8), Summary(counts)).ShouldBeNull();

    [Fact]
    public void Models_without_a_router_are_told_nothing()
    {
        RunWarnings.Of(Spec(1), Summary("400")).ShouldBeNull();
        var spec = Spec(8);
        RunWarnings.Of(spec with { Routing = spec.Routing with { Gate = GateKind.One } }, Summary("400 0 0 0 0 0 0 0")).ShouldBeNull();
    }

    private static RunSpec Spec(int experts)
    {
        var spec = new RunSpec();
        return spec with { Model = spec.Model with { Experts = experts } };
    }

    private static RunSummary Summary(params string[] counts) => new(
        "run", "", 1, 1, 1, 10, null, StopReason.Steps, 0, 0, 0, 0, 0, [.. counts.Select(row => row.Split(' ').Select(int.Parse).ToArray())], "", 1, 1, 1, DispatchMode.Reference, 0, 0, 0, 0, null);
}
