using System.Collections.Immutable;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Bench.Planning;

/// <summary>What one step sends between silos, for each silo.</summary>
/// <param name="Silos">The traffic of each silo.</param>
internal sealed record StepTraffic(ImmutableArray<PlannedTraffic> Silos)
{
    /// <summary>Counts the messages of a step. Calls within a silo copy nothing.</summary>
    /// <param name="step">The step.</param>
    public static StepTraffic Of(PlannedStep step)
    {
        var silos = new PlannedTraffic[step.Deployment.Silos];
        Array.Fill(silos, new PlannedTraffic(0, 0, 0, 0, 0, 0));
        var peers = new HashSet<(int From, int To)>();
        using var messages = new PlannedMessages(step);
        for (var s = 0; s < step.Shards.Length; s++)
        {
            var router = step.SiloOfRouter[s];
            Add(0, router, 1, messages.Route(s));
            for (var m = 0; m < step.Experts; m++) AddDispatch(s, m, router);
        }

        for (var m = 0; m < step.Experts; m++) Add(0, step.SiloOfExpert[m], 1, messages.Commit(m));
        return new StepTraffic([.. silos.Select((silo, s) => silo with { Peers = peers.Count(pair => pair.From == s) })]);

        void AddDispatch(int shard, int expert, int router)
        {
            var (silo, dispatch) = (step.SiloOfExpert[expert], step.Dispatch(shard, expert));
            if (dispatch.Probability == 0) return;
            Add(router, silo, dispatch.Probability, messages.Dispatch(shard, expert, silo != router));
            if (silo == router || step.Deployment.Dispatch != DispatchMode.Payload) return;
            var (chunks, bytes) = messages.Chunks(shard, expert);
            Add(router, silo, dispatch.Probability * chunks, bytes);
        }

        void Add(int from, int to, double calls, CallBytes bytes)
        {
            if (from == to)
            {
                silos[from] = silos[from] with { LocalCalls = silos[from].LocalCalls + calls };
                return;
            }

            peers.Add((from, to));
            peers.Add((to, from));
            silos[from] = silos[from].Plus(calls * bytes.Request, calls * bytes.Reply, calls, 0);
            silos[to] = silos[to].Plus(calls * bytes.Reply, calls * bytes.Request, 0, calls);
        }
    }
}

/// <summary>What a step sends from one silo and to it.</summary>
/// <param name="SentBytes">Bytes to other silos.</param>
/// <param name="ReceivedBytes">Bytes from other silos.</param>
/// <param name="CallsMade">Calls to grains of other silos.</param>
/// <param name="CallsServed">Calls from grains of other silos.</param>
/// <param name="LocalCalls">Calls within the silo.</param>
/// <param name="Peers">Other silos that it exchanges messages with.</param>
internal sealed record PlannedTraffic(double SentBytes, double ReceivedBytes, double CallsMade, double CallsServed, double LocalCalls, int Peers)
{
    public PlannedTraffic Plus(double sent, double received, double made, double served) =>
        this with { SentBytes = SentBytes + sent, ReceivedBytes = ReceivedBytes + received, CallsMade = CallsMade + made, CallsServed = CallsServed + served };
}
