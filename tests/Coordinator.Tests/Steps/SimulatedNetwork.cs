using System.Collections.Immutable;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Coordinator.Steps;

namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>
/// A cluster in one thread: coordinators, routers, experts, a store for generations and manifests, and between them a network
/// that loses, doubles, reorders and delays, until it turns reliable and the run has to finish. All chance comes from the seed.
/// </summary>
internal sealed class SimulatedNetwork
{
    private const int ReliableEvents = 20_000;

    private readonly List<Action> _messages = [];
    private readonly List<Action> _late = [];
    private readonly List<SimulatedCoordinator> _coordinators = [];
    private readonly SimulatedExpert[] _experts;
    private readonly SortedList<long, StoredManifest> _manifests = [];
    private readonly int _attemptLimit;
    private readonly int _lost;
    private readonly int _doubled;
    private readonly int _delayed;
    private readonly int _failing;
    private readonly int _losingSamples;
    private readonly int _timeOuts;
    private readonly int _withoutMemory;
    private readonly int _moving;
    private int _expertCrashes;
    private int _coordinatorCrashes;
    private int _zombies;
    private bool _reliable;
    private int _ids;

    public SimulatedNetwork(ulong seed, Tally seen, List<string>? trace)
    {
        (Seen, Trace, Random) = (seen, trace, new CounterRandom(seed));
        Reference = new ReferenceRun(seed, Random.Between(2, 4), Random.Between(1, 5), Random.Between(3, 5));
        _attemptLimit = Random.Between(2, 5);
        _lost = Rate(3, 15);
        _doubled = Rate(5, 25);
        _delayed = Rate(5, 25);
        _failing = Rate(5, 20);
        _losingSamples = Rate(3, 15);
        _timeOuts = Rate(2, 8);
        _expertCrashes = Random.Below(4);
        _coordinatorCrashes = Random.Below(3);
        _zombies = Random.Below(3);
        ByPayload = Random.Percent(50);
        _withoutMemory = Rate(2, 8);
        _moving = Rate(10, 40);

        _experts = new SimulatedExpert[Reference.Experts];
        var states = new (ulong, ulong)[_experts.Length];
        for (var i = 0; i < _experts.Length; i++)
        {
            _experts[i] = new SimulatedExpert(this, i, 0);
            states[i] = (Reference.State(0, i), Reference.BestState(0, i));
        }
        _manifests.Add(0, new StoredManifest(0, Reference.Theta(0), states));
        trace?.Add($"{Reference.Experts} experts, {Reference.Blocks} blocks, {Reference.Steps} steps, {_attemptLimit} attempts");
    }

    public Tally Seen { get; }

    public List<string>? Trace { get; }

    public CounterRandom Random { get; }

    /// <summary>The last generation that was claimed.</summary>
    public long Generation { get; private set; }

    public ReferenceRun Reference { get; }

    /// <summary>Whether samples travel by themselves, ahead of their dispatch.</summary>
    public bool ByPayload { get; }

    public void Run()
    {
        NewCoordinator();
        for (var left = Random.Between(20, 160); left > 0; left--)
            UnreliableEvent();

        Trace?.Add("the network turns reliable");
        _reliable = true;
        _messages.AddRange(_late);
        _late.Clear();
        for (var events = 0; ReliableEvent(); events++)
            Require(events < ReliableEvents, "the run does not finish on a reliable network");

        for (var i = 0; i < _experts.Length; i++)
        {
            Require(_experts[i].Ledger.Version == Reference.Steps, $"expert {i} is not at the last version");
            Require(_experts[i].State == Reference.State(Reference.Steps, i), $"expert {i} has other bits than without faults");
            Require(_experts[i].Best == Reference.BestState(Reference.Steps, i), $"expert {i} keeps other bits than without faults");
        }
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }

    public SimulatedExpert Expert(int index) => _experts[index];

    /// <summary>A message between machines.</summary>
    public void Send(Action deliver)
    {
        if (!_reliable && Random.Percent(_lost))
            return;
        if (!_reliable && Random.Percent(_doubled))
            Later(deliver);
        Later(deliver);
    }

    /// <summary>Something that will happen once, at some time.</summary>
    public void Later(Action happen) => (!_reliable && Random.Percent(_delayed) ? _late : _messages).Add(happen);

    public bool ComputationFails() => !_reliable && Random.Percent(_failing);

    public bool MemoryRunsOut() => !_reliable && Random.Percent(_withoutMemory);

    public bool SiloJoins() => !_reliable && Random.Percent(_moving);

    public bool SampleGetsLost() => !_reliable && Random.Percent(_losingSamples);

    public bool Claim(long generation, int coordinator)
    {
        var created = generation == Generation + 1;
        Require(generation <= Generation + 1, "a generation was left out");
        Generation = Math.Max(Generation, generation);
        Trace?.Add($"coordinator {coordinator} claims generation {generation}: {created}");
        return created;
    }

    public StoredManifest Manifest(long version) => _manifests[version];

    public StoredManifest ReadManifest()
    {
        // A torn checkpoint is passed over for the one before it.
        var last = _manifests.Count - 1;
        return _manifests.GetValueAtIndex(last > 0 && !_reliable && Random.Percent(15) ? last - 1 : last);
    }

    public void Checkpoint(long generation, long version, ulong theta)
    {
        if (!Random.Percent(40))
            return;
        var states = new (ulong, ulong)[_experts.Length];
        for (var i = 0; i < _experts.Length; i++)
        {
            if (_experts[i].Ledger.Generation != generation || _experts[i].Ledger.Version != version)
                return;
            states[i] = (_experts[i].State, _experts[i].Best);
        }
        Send(() => _manifests.TryAdd(version, new StoredManifest(version, theta, states)));
    }

    public ImmutableArray<BlockRange> CutShards()
    {
        var count = Math.Min(Random.Between(1, 3), Reference.Blocks);
        var shards = ImmutableArray.CreateBuilder<BlockRange>(count);
        var start = 0;
        for (var left = count; left > 0; left--)
        {
            var blocks = left == 1 ? Reference.Blocks - start : Random.Between(1, Reference.Blocks - start - (left - 1));
            shards.Add(new BlockRange(start, blocks));
            start += blocks;
        }
        return shards.MoveToImmutable();
    }

    /// <summary>Another activation without state takes an expert's place.</summary>
    public void Replace(int index, string why)
    {
        Trace?.Add($"expert {index} {why}");
        _experts[index].End();
        _experts[index] = new SimulatedExpert(this, index, Generation);
    }

    public void Leave(SimulatedCoordinator coordinator)
    {
        coordinator.Alive = false;
        _coordinators.Remove(coordinator);
    }

    /// <summary>Outside recovery, experts are never further apart than a step.</summary>
    public void CheckVersions()
    {
        var (first, low, high) = (_experts[0].Ledger.Generation, long.MaxValue, 0L);
        foreach (var expert in _experts)
        {
            if (!IsOf(expert, first))
                return;
            low = Math.Min(low, expert.Ledger.Version);
            high = Math.Max(high, expert.Ledger.Version);
        }
        Require(high - low <= 1, "experts are more than a step apart");
    }

    /// <summary>A generation that begins to step has restored every expert that was there when it was claimed.</summary>
    public void CheckRestored(long generation)
    {
        foreach (var expert in _experts)
            Require(expert.Ledger.Generation >= generation || expert.BornUnder >= generation, "steps began before every expert was restored");
    }

    /// <summary>A step that is said to be committed is committed everywhere.</summary>
    public void CheckCommitted(StepCommand command)
    {
        foreach (var expert in _experts)
        {
            if (IsOf(expert, command.Generation))
                Require(expert.Ledger.Version == command.Step + 1, "a step ended before every expert had committed it");
        }
    }

    private static bool IsOf(SimulatedExpert expert, long generation) =>
        expert.Ledger.Generation == generation && generation > expert.BornUnder;

    private int Rate(int low, int high) => Random.Below(3) switch { 0 => 0, 1 => low, _ => high };

    private void UnreliableEvent()
    {
        Seen.Events++;
        if (_expertCrashes > 0 && Random.Percent(2))
        {
            _expertCrashes--;
            var index = Random.Below(_experts.Length);
            Replace(index, "crashes");
        }
        else if (_coordinators.Count == 0)
        {
            NewCoordinator();
        }
        else if (_coordinatorCrashes > 0 && Random.Percent(2))
        {
            _coordinatorCrashes--;
            Trace?.Add("a coordinator crashes");
            Leave(AnyCoordinator());
        }
        else if (_zombies > 0 && Random.Percent(2))
        {
            _zombies--;
            NewCoordinator();
        }
        else if (_messages.Count == 0 || Random.Percent(_timeOuts))
        {
            AnyCoordinator().TimeOut();
        }
        else
        {
            // What is late comes some time, unless the others run out before.
            if (_late.Count > 0 && Random.Percent(8))
                _messages.Add(Take(_late));
            Take(_messages)();
        }
    }

    private bool ReliableEvent()
    {
        Seen.Events++;
        if (_messages.Count > 0)
        {
            Take(_messages)();
            return true;
        }
        if (_coordinators.Count > 0)
        {
            var coordinator = AnyCoordinator();
            Require(coordinator.Waits, $"coordinator {coordinator.Id} waits for nothing");
            coordinator.TimeOut();
            return true;
        }
        if (_experts.All(e => e.Ledger.Version == Reference.Steps && e.Ledger.Generation > 0))
            return false;
        NewCoordinator();
        return true;
    }

    private Action Take(List<Action> messages)
    {
        var at = Random.Below(messages.Count);
        var message = messages[at];
        messages[at] = messages[^1];
        messages.RemoveAt(messages.Count - 1);
        return message;
    }

    private SimulatedCoordinator AnyCoordinator() => _coordinators[Random.Below(_coordinators.Count)];

    private void NewCoordinator()
    {
        var coordinator = new SimulatedCoordinator(this, ++_ids, Generation, _attemptLimit);
        Trace?.Add($"coordinator {coordinator.Id} begins");
        _coordinators.Add(coordinator);
        coordinator.Start();
    }
}
