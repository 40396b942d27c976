using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Tests.Training;

/// <summary>The step loop of a small run, on experts in memory.</summary>
internal sealed class Loop
{
    private readonly int _products;

    public Loop(params string[] assignments)
        : this(0, assignments)
    {
    }

    public Loop(int products, params string[] assignments)
    {
        _products = products;
        Spec = Specifications.Small(["training.stop.enabled=false", .. assignments]);
        Grains = new FakeTrainingGrains(Spec);
        Current = new CurrentProgress(TrainingProgress.None.Restarted(Spec, RouterGradientLayout.Of(Spec, Spec.Data.Dim), generation: 1));
    }

    public RunSpec Spec { get; }

    public FakeTrainingGrains Grains { get; }

    public CurrentProgress Current { get; init; }

    public TrainingProgress Progress => Current.Value;

    public string[] Commits => [.. Grains.Events.Where(what => what.StartsWith("committed", StringComparison.Ordinal))];

    private StepLoop Steps => new(Spec, Grains, (new ProductsRecorder(Spec, _products), new RoutingRecorder(0, Grains.Time)), new PeriodicEvaluation(Spec, Grains, new RetryPolicy(TimeProvider.System) { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(2) }), Current, Grains.Telemetry, Grains.Time);

    // One thread at a time, as in a grain: what a test observes then has one order.
    public Task<TrainingEnd?> RunUntil(CancellationToken aborted) => Task.Factory.StartNew(
        () => Steps.Run(aborted), TestContext.Current.CancellationToken, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    public Task<TrainingEnd?> Run() => RunUntil(TestContext.Current.CancellationToken);

    public int At(string what)
    {
        var at = Grains.Events.IndexOf(what);
        at.ShouldBeGreaterThanOrEqualTo(0, what);
        return at;
    }
}
