using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Hosting.Tests;

/// <summary>What happens to runs and silos is in the log, as events with ids and fields.</summary>
public sealed class EventTests
{
    private readonly EventLog _log = new(LogLevel.Information);

    [Fact]
    public async Task A_run_is_submitted_starts_and_ends()
    {
        await using var cluster = await Start(1);
        var request = SeveralSilos.Request(Specifications.Small(), 3);
        var runId = request.Run.RunId;

        await cluster.Runs.Submit(request);
        var summary = await SeveralSilos.Done(cluster.Coordinator(runId));

        var events = Of(runId);
        events.Select(entry => (entry.Id, entry.Level)).ShouldBe([(2102, LogLevel.Information), (2111, LogLevel.Information), (2112, LogLevel.Information)]);
        var (submitted, started, ended) = (events[0].Values, events[1].Values, events[2].Values);
        (submitted["Steps"], submitted["Experts"], submitted["Shards"], submitted["Ahead"]).ShouldBe((6, 8, 3, 0));
        started["Silo"].ShouldBe("Silo_0");
        (ended["State"], ended["Steps"], ended["Seconds"]).ShouldBe((RunPhase.Done, 6L, summary.WallSeconds));
    }

    [Fact]
    public async Task A_run_that_fails_ends_too_and_one_that_waits_is_withdrawn()
    {
        await using var cluster = await Start(1, silo => silo.AddIncomingGrainCallFilter(
            context => context.MethodName == "Commit" ? throw new IOException("a failed call") : context.Invoke()));
        var (first, second) = (SeveralSilos.Request(Specifications.Small(), 3), SeveralSilos.Request(Specifications.Small(), 3));
        await cluster.Runs.Submit(first);
        (await cluster.Runs.Submit(second)).State.ShouldBe(QueueEntryState.Queued);
        await cluster.Runs.Stop(second.Run.RunId);
        await SeveralSilos.Ended(cluster.Coordinator(first.Run.RunId));

        Of(second.Run.RunId).Select(entry => entry.Id).ShouldBe([2102, 2103]);
        var events = Of(first.Run.RunId);
        events.Select(entry => entry.Id).Distinct().ShouldBe([2102, 2111, 2113, 2115, 2112]);
        (events[^1].Values["State"], events[^1].Values["Steps"]).ShouldBe((RunPhase.Failed, 0L));
        ((double)events[^1].Values["Seconds"]!).ShouldBeGreaterThan(0);
        (events.First(entry => entry.Id == 2113).Values["Reason"] as string).ShouldNotBeNull().ShouldContain("a failed call");
    }

    [Fact]
    public async Task A_silo_joins_experts_move_to_it_and_it_leaves()
    {
        await using var cluster = await Start(2);
        var request = SeveralSilos.Request(Specifications.Small("training.steps=1000000", "training.stop.enabled=false"), 3);
        await cluster.Runs.Submit(request);
        var coordinator = cluster.Coordinator(request.Run.RunId);
        await SeveralSilos.Steps(coordinator, 3);

        var joined = await cluster.Join();
        await Logged(2011, entry => entry.Values["RunId"] is string run && run == request.Run.RunId);
        var moved = _log.Events.Single(entry => entry.Id == 2011).Values;
        (moved["Experts"], moved["Routers"]).ShouldBe((2, 1));
        ((long)moved["Step"]!, (double)moved["Seconds"]!).ShouldBeGreaterThan((2L, 0.0));
        await Logged(2301, entry => IsOf(entry, joined, 3));

        await cluster.Runs.Drain(joined);
        await cluster.Stop(joined);
        await Logged(2302, entry => IsOf(entry, joined, 2));
        _log.Events.ShouldNotContain(entry => entry.Id == 2303);
        await coordinator.Release();

        static bool IsOf(LoggedEvent entry, string silo, int silos) => (string)entry.Values["Silo"]! == silo && (int)entry.Values["Silos"]! == silos;
    }

    private Task<SeveralSilos> Start(int count, Action<ISiloBuilder>? configure = null) => SeveralSilos.Start(count, (_, silo) =>
    {
        silo.Services.AddSingleton(_log.Provider);
        configure?.Invoke(silo);
    });

    private LoggedEvent[] Of(string runId) =>
        [.. _log.Events.Where(entry => entry.Id is > 2000 and < 2400 && entry.Values.GetValueOrDefault("RunId") as string == runId)];

    private Task Logged(int id, Func<LoggedEvent, bool> isMeant) => SeveralSilos.Until(() => Task.FromResult(_log.Events.Any(entry => entry.Id == id && isMeant(entry))));
}
