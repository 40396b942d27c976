using System.Collections.Immutable;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>
/// The silos that a run is spread over: all that are alive, are not about to leave, and fit together. It makes the run's
/// assignment and tells every silo of it.
/// </summary>
/// <param name="grains">Where silo grains are found.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="context">The run.</param>
/// <param name="experts">Number of experts.</param>
/// <param name="routers">Number of routers.</param>
/// <param name="refused">Told why a silo that joins is left out.</param>
internal sealed class AssignmentPlanner(IGrainFactory grains, ClusterSilos silos, RunContext context, int experts, int routers, Action<string> refused)
{
    /// <summary>Attempts to prepare the silos: half a minute, in which a silo that died is found dead.</summary>
    private const int AttemptLimit = 14;

    private readonly Dictionary<string, int> _threads = [];
    private readonly HashSet<string> _leftOut = [];
    private SiloFingerprint? _expected;
    private ImmutableArray<string> _seen = [];
    private ImmutableArray<string> _left = [];
    private Task<RunAssignment?>? _next;

    /// <summary>Where the run's grains belong.</summary>
    public RunAssignment Assignment { get; private set; } = new(context.RunId, 0, [], []);

    /// <summary>Names of the silos that the run is spread over.</summary>
    public ImmutableArray<string> Names { get; private set; } = [];

    /// <summary>Compute threads of each of them.</summary>
    public IEnumerable<int> Threads => Names.Select(name => _threads[name]);

    /// <summary>What a coordinator that moves takes along.</summary>
    public AssignmentSnapshot State => new(Assignment, [.. Threads], _expected);

    /// <summary>An expert and its silo, for a message.</summary>
    /// <param name="expert">The expert.</param>
    public string Expert(int expert) => $"expert {expert} on silo {Assignment.Experts[expert]}";

    /// <summary>A shard and its router's silo, for a message.</summary>
    /// <param name="shard">The shard.</param>
    public string Shard(int shard) => $"shard {shard} on silo {Assignment.Routers[shard]}";

    /// <summary>Whether grains of the run live on a silo, are moving, or may still be called there.</summary>
    /// <param name="silo">Name of the silo.</param>
    public bool HostsGrainsOn(string silo) => Names.IsEmpty || Names.Contains(silo) || _left.Contains(silo);

    /// <summary>A step was done since the last move: nobody calls grains where they were before.</summary>
    public void CompleteMoves() => _left = [];

    /// <summary>Goes on where a coordinator on another silo has left off.</summary>
    /// <param name="state">What it took along.</param>
    public void Resume(AssignmentSnapshot state)
    {
        (Assignment, Names, _expected) = (state.Assignment, Used(state.Assignment), state.Expected);
        _seen = Names;
        foreach (var (name, threads) in Names.Zip(state.Threads)) _threads[name] = threads;
    }

    /// <summary>
    /// Spreads the run over the silos that there are. At its start whoever started it can mend what does not fit; a run that has begun
    /// goes on without it.
    /// </summary>
    /// <exception cref="InvalidOperationException">At the start silos do not fit together, or one of them cannot load the data.</exception>
    /// <exception cref="RecoverableException">A silo could not be reached, or none is left.</exception>
    public async Task Place(CancellationToken aborted)
    {
        _next = null;
        _leftOut.Clear();
        _seen = silos.Open;
        await Assign(await Plan(Assignment.Number == 0 ? Refuse : LeaveOut, aborted));

        static void Refuse(string silo, string why) => throw new InvalidOperationException(why);
    }

    /// <summary>Whether silos have joined or are about to leave: an assignment is due, or soon will be.</summary>
    public bool AreChanging => _next is not null || !IsSeen(silos.Open);

    /// <summary>
    /// The assignment that is due because silos have joined or are about to leave; null where all is as it should be. Silos that
    /// join load their data meanwhile.
    /// </summary>
    public RunAssignment? NextAssignment(CancellationToken aborted)
    {
        if (_next is null)
        {
            var open = silos.Open;
            if (IsSeen(open)) return null;
            _seen = open;
            // One that was refused and has gone may come back another.
            _leftOut.IntersectWith(open);
            _next = Replan(aborted);
        }

        if (!_next.IsCompleted) return null;
        var next = _next.Result;
        _next = null;
        if (next is not null && Used(next).All(silos.Open.Contains)) return next;
        // It did not come off, or one of them is about to leave by now: once more.
        _seen = [];
        return null;
    }

    /// <summary>Tells all silos of an assignment; it is the run's from now on.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <exception cref="RecoverableException">A silo could not be told.</exception>
    public async Task Assign(RunAssignment assignment)
    {
        _left = [.. _left.Union(Names)];
        (Assignment, Names) = (assignment, Used(assignment));
        // Also those without any of its grains: whoever calls a grain first places it.
        await Task.WhenAll(silos.Names.Union(Names).Select(Tell));

        async Task Tell(string name)
        {
            try
            {
                await Silo(name).Assign(assignment);
            }
            catch (Exception failure) when (Names.Contains(name))
            {
                throw new RecoverableException($"Silo {name}: {CallFailure.Reason(failure)}", failure);
            }
            catch (Exception failure) when (CallFailure.IsUnreachable(failure))
            {
                // It leaves, and has nothing of the run.
            }
        }
    }

    /// <summary>The run is over or unwanted: silos stop computing for it, and forget it.</summary>
    public Task Release() => Task.WhenAll(silos.Names.Select(name => Silo(name).Release(context.RunId)));

    private async Task<RunAssignment?> Replan(CancellationToken aborted)
    {
        try
        {
            return await Plan(LeaveOut, aborted);
        }
        catch (Exception failure) when (failure is RecoverableException or OperationCanceledException)
        {
            // The run goes on where it is; if it cannot, its steps will tell.
            return null;
        }
    }

    private void LeaveOut(string silo, string why)
    {
        _leftOut.Add(silo);
        refused(why);
    }

    private async Task<RunAssignment> Plan(Action<string, string> refuse, CancellationToken aborted)
    {
        for (var attempt = 1; ; attempt++)
        {
            await RetryPause.Before(attempt, aborted);
            var open = silos.Open.RemoveAll(_leftOut.Contains);
            if (open.IsEmpty) throw new RecoverableException("There is no silo for the run: all are about to leave, or do not fit.");
            var plan = new RunAssignment(
                context.RunId, Assignment.Number + 1, EvenSpread.Of(experts, open, Assignment.Experts), EvenSpread.Of(routers, open, Assignment.Routers));
            try
            {
                if (await Prepare(open, plan, refuse)) return plan;
            }
            catch (RecoverableException) when (attempt < AttemptLimit)
            {
            }
        }
    }

    /// <summary>Whether all silos are prepared and fit together.</summary>
    private async Task<bool> Prepare(ImmutableArray<string> open, RunAssignment plan, Action<string, string> refuse)
    {
        var prepared = await Task.WhenAll(open.Select(name => Prepare(name, context.Dispatch == DispatchMode.Reference || plan.Routers.Contains(name))));
        var leftOut = _leftOut.Count;
        foreach (var silo in prepared)
        {
            if (silo.Failure is { } failure)
            {
                refuse(silo.Name, $"Silo {silo.Name} cannot take part: {failure}");
            }
            else if (_expected?.DifferenceTo(silo.Fingerprint!) is { } difference)
            {
                refuse(silo.Name, difference);
            }
            else
            {
                _threads[silo.Name] = silo.Threads;
                // By payload, only silos with routers have data.
                if (_expected is null or { DataSha256: "" }) _expected = silo.Fingerprint;
            }
        }

        return _leftOut.Count == leftOut;
    }

    private async Task<(string Name, int Threads, SiloFingerprint? Fingerprint, string? Failure)> Prepare(string name, bool data)
    {
        try
        {
            var silo = Silo(name);
            var description = await silo.Describe();
            return (name, description.Threads, await silo.Prepare(context, data), null);
        }
        catch (Exception failure) when (CallFailure.IsUnreachable(failure))
        {
            throw new RecoverableException($"Silo {name}: {CallFailure.Reason(failure)}", failure);
        }
#pragma warning disable CA1031 // Whatever else it is, say a file that is not there, another attempt will not mend it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return (name, 0, null, CallFailure.Reason(failure));
        }
    }

    private static ImmutableArray<string> Used(RunAssignment assignment) =>
        [.. assignment.Experts.Concat(assignment.Routers).Distinct().Order(StringComparer.Ordinal)];

    private bool IsSeen(ImmutableArray<string> open) => open == _seen || open.SequenceEqual(_seen);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);
}
