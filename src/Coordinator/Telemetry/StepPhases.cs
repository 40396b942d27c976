namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>
/// What the coordinator waited for in a step. The sum is the time from the end of the step before to the end of this one. Routing begins
/// while the step before is committed, so <see cref="Route"/> and <see cref="Dispatch"/> are what was left of it then.
/// </summary>
/// <param name="Between">Before the step began: experts moved, or were read.</param>
/// <param name="Route">For routers, without their wait for experts.</param>
/// <param name="Dispatch">For routers while they waited for experts.</param>
/// <param name="Fold">For its own sums, and the stop rule.</param>
/// <param name="Commit">For commits; the router's update is done meanwhile.</param>
internal readonly record struct StepPhases(TimeSpan Between, TimeSpan Route, TimeSpan Dispatch, TimeSpan Fold, TimeSpan Commit)
{
    /// <summary>The whole step.</summary>
    public TimeSpan Total => Between + Route + Dispatch + Fold + Commit;

    /// <summary>Splits the wait for routers.</summary>
    /// <param name="between">Before the step began.</param>
    /// <param name="routed">Until every router had replied.</param>
    /// <param name="longestDispatch">The longest wait of a router for its experts.</param>
    /// <param name="fold">For the coordinator's sums.</param>
    /// <param name="commit">For commits.</param>
    public static StepPhases Of(TimeSpan between, TimeSpan routed, TimeSpan longestDispatch, TimeSpan fold, TimeSpan commit)
    {
        var dispatch = longestDispatch < routed ? longestDispatch : routed;
        return new StepPhases(between, routed - dispatch, dispatch, fold, commit);
    }
}
