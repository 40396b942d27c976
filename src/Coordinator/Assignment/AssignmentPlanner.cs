using System.Collections.Immutable;
using MoeOrleans.Coordinator.Training;
using MoeOrleans.Grains.Calls;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>
/// Plans where a run's experts and routers belong: spread evenly over all silos that are alive, are not about to leave, and fit
/// together. It tells every silo of the assignment, and plans another when silos join or are about to leave.
/// </summary>
/// <param name="grains">Where silo grains are found.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="context">The run.</param>
/// <param name="counts">Number of experts and of routers.</param>
/// <param name="retry">Pauses between attempts to prepare the silos.</param>
/// <param name="leftOut">Receives the reason why a silo that joins is left out.</param>
internal sealed class AssignmentPlanner(
    IGrainFactory grains, ClusterSilos silos, RunContext context, (int Experts, int Routers) counts, RetryPolicy retry, Action<string> leftOut)
{
    // Half a minute: until then the cluster has declared a silo dead that died.
    private readonly RetryPolicy _retry = retry with { AttemptLimit = 14, IsTransient = failure => failure is RecoverableException };

    private readonly AssignedSilos _assigned = new(grains, silos, context.RunId, retry.Time);
    private readonly Dictionary<string, int> _threads = [];
    private readonly HashSet<string> _leftOut = [];
    private SiloFingerprint? _expected;
    private ImmutableArray<string> _seen = [];
    private ImmutableArray<string> _vacated = [];
    private Task<RunAssignment?>? _next;

    /// <summary>Where the run's grains belong.</summary>
    public RunAssignment Assignment { get; private set; } = new(context.RunId, 0, [], []);

    /// <summary>Names of the silos that the run is spread over.</summary>
    public ImmutableArray<string> Names { get; private set; } = [];

    /// <summary>Compute threads of each of them.</summary>
    public IEnumerable<int> Threads => Names.Select(name => _threads[name]);

    /// <summary>What a coordinator on another silo needs to resume.</summary>
    public AssignmentSnapshot Snapshot => new(Assignment, [.. Threads], _expected);

    /// <summary>The processes of these silos.</summary>
    public AssignedSilos Assigned => _assigned;

    /// <summary>An expert and its silo, for a message.</summary>
    /// <param name="expert">The expert.</param>
    public string Expert(int expert) => $"expert {expert} on silo {Assignment.Experts[expert]}";

    /// <summary>A shard and its router's silo, for a message.</summary>
    /// <param name="shard">The shard.</param>
    public string Shard(int shard) => $"shard {shard} on silo {Assignment.Routers[shard]}";

    /// <summary>Whether grains of the run live on a silo, are moving, or may still be called there.</summary>
    /// <param name="silo">Name of the silo.</param>
    public bool HostsGrainsOn(string silo) => Names.IsEmpty || Names.Contains(silo) || _vacated.Contains(silo);

    /// <summary>A step was done since the last move: no call goes where grains were before.</summary>
    public void CompleteMoves() => _vacated = [];

    /// <summary>Resumes what a coordinator on another silo planned.</summary>
    /// <param name="snapshot">Its assignment.</param>
    public void Resume(AssignmentSnapshot snapshot)
    {
        Assignment = snapshot.Assignment;
        Names = _seen = SilosOf(snapshot.Assignment);
        _assigned.Assigned(Names);
        _expected = snapshot.Expected;
        foreach (var (name, threads) in Names.Zip(snapshot.Threads)) _threads[name] = threads;
    }

    /// <summary>
    /// Assigns the run to the silos that there are. At the start of a run a silo that does not fit is an error, which its user can mend.
    /// A run that restarts leaves the silo out.
    /// </summary>
    /// <returns>The silos that were lost since the last assignment, with their experts; null if none was.</returns>
    /// <exception cref="InvalidOperationException">At the start silos do not fit together, or one of them cannot load the data.</exception>
    /// <exception cref="RecoverableException">A silo cannot be reached, or none is left.</exception>
    public async Task<string?> Place(CancellationToken aborted)
    {
        _next = null;
        _leftOut.Clear();
        _seen = silos.Open;
        var plan = await Plan(Assignment.Number == 0 ? Fail : LeaveOut, aborted);
        // Planning waits until the silos that are listed answer: a dead one is not listed any more.
        var lost = _assigned.Lost(Assignment.Experts);
        await Assign(plan);
        return lost;

        static void Fail(string silo, string why) => throw new InvalidOperationException(why);
    }

    /// <summary>Whether silos have joined or are about to leave: an assignment is due, or soon will be.</summary>
    public bool AreChanging => _next is not null || !IsSeen(silos.Open);

    /// <summary>
    /// The assignment that is due because silos have joined or are about to leave; null if none is due yet. Silos that join load
    /// their data in the background before it is due.
    /// </summary>
    public RunAssignment? NextAssignment(CancellationToken aborted)
    {
        if (_next is null)
        {
            var open = silos.Open;
            if (IsSeen(open)) return null;
            _seen = open;
            // A silo that was left out may have restarted with other data.
            _leftOut.IntersectWith(open);
            _next = Replan(aborted);
        }

        if (!_next.IsCompleted) return null;
        var next = _next.Result;
        _next = null;
        if (next is not null && SilosOf(next).All(silos.Open.Contains)) return next;
        // Planning failed, or one of its silos is about to leave by now: plan again.
        _seen = [];
        return null;
    }

    /// <summary>Tells all silos of an assignment; it is the run's from now on.</summary>
    /// <param name="assignment">The assignment.</param>
    /// <exception cref="RecoverableException">A silo of the assignment cannot be reached.</exception>
    public async Task Assign(RunAssignment assignment)
    {
        _vacated = [.. _vacated.Union(Names)];
        Assignment = assignment;
        Names = SilosOf(assignment);
        _assigned.Assigned(Names);
        // Silos without grains of the run too: the silo that calls a grain first places it.
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
                // The silo is leaving, and has no grain of the run.
            }
        }
    }

    /// <summary>All silos stop computing for the run, and drop what they hold of it.</summary>
    public Task Release() => Task.WhenAll(silos.Names.Select(name => Silo(name).Release(context.RunId)));

    private async Task<RunAssignment?> Replan(CancellationToken aborted)
    {
        try
        {
            return await Plan(LeaveOut, aborted);
        }
        catch (Exception failure) when (failure is RecoverableException or OperationCanceledException)
        {
            // The run continues on the silos it has. If they are lost, its next step fails.
            return null;
        }
    }

    private void LeaveOut(string silo, string why)
    {
        _leftOut.Add(silo);
        leftOut(why);
    }

    /// <summary>Prepares the silos and plans an assignment to those that fit.</summary>
    private Task<RunAssignment> Plan(Action<string, string> misfit, CancellationToken aborted) => _retry.Run(async _ =>
    {
        while (true)
        {
            var open = silos.Open.RemoveAll(_leftOut.Contains);
            if (open.IsEmpty) throw new RecoverableException("No silo can take the run: all are about to leave, or do not fit.");
            var plan = new RunAssignment(
                context.RunId, Assignment.Number + 1, EvenSpread.Of(counts.Experts, open, Assignment.Experts), EvenSpread.Of(counts.Routers, open, Assignment.Routers));
            if (await Prepare(open, plan, misfit)) return plan;
        }
    }, aborted);

    /// <summary>Prepares silos. False if one of them does not fit: then the others need another plan.</summary>
    private async Task<bool> Prepare(ImmutableArray<string> open, RunAssignment plan, Action<string, string> misfit)
    {
        var prepared = await Task.WhenAll(open.Select(name => Prepare(name, context.Dispatch == DispatchMode.Reference || plan.Routers.Contains(name))));
        var before = _leftOut.Count;
        foreach (var silo in prepared)
        {
            if (silo.Failure is { } failure)
            {
                misfit(silo.Name, $"Silo {silo.Name} cannot take part: {failure}");
            }
            else if (_expected?.DifferenceTo(silo.Fingerprint!) is { } difference)
            {
                misfit(silo.Name, difference);
            }
            else
            {
                _threads[silo.Name] = silo.Threads;
                // By payload, only silos with routers have data.
                if (_expected is null or { DataSha256: "" }) _expected = silo.Fingerprint;
            }
        }

        return _leftOut.Count == before;
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
#pragma warning disable CA1031 // Any other failure, such as a missing data file, would come again: the silo does not fit.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return (name, 0, null, CallFailure.Reason(failure));
        }
    }

    private static ImmutableArray<string> SilosOf(RunAssignment assignment) =>
        [.. assignment.Experts.Concat(assignment.Routers).Distinct().Order(StringComparer.Ordinal)];

    private bool IsSeen(ImmutableArray<string> open) => open == _seen || open.SequenceEqual(_seen);

    private ISiloGrain Silo(string name) => grains.GetGrain<ISiloGrain>(name);
}
