using System.Collections.Immutable;

namespace MoeOrleans.Bench.Planning;

/// <summary>
/// The wall time of a step, in microseconds. A step has phases that follow each other, and each takes as long as the slowest silo:
/// commits of the step before and routing; experts; the router's gradient; the coordinator.
/// </summary>
/// <param name="Parts">The parts that add up to it, the longest first.</param>
internal sealed record CriticalPath(ImmutableArray<PathPart> Parts)
{
    public double Microseconds => Parts.Sum(part => part.Microseconds);

    /// <summary>The path of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cpu">The CPU time of each silo.</param>
    /// <param name="traffic">The messages.</param>
    /// <param name="actors">What messages cost.</param>
    /// <param name="cores">Cores that each silo has for itself.</param>
    /// <param name="network">The network; null if all silos are processes of one machine.</param>
    public static CriticalPath Of(PlannedStep step, ImmutableArray<SiloCpu> cpu, StepTraffic traffic, ActorConstants actors, int cores, NetworkLink? network)
    {
        double lane = Math.Min(cores, step.Deployment.Threads);
        // Turns of grains and connections use the cores too, but those of one grain come one after another.
        var isSpread = traffic.Silos.Any(silo => silo.Peers > 0);
        var remoteRouters = step.SiloOfRouter.Take(step.Shards.Length).Any(silo => silo != 0);
        var trips = isSpread ? 2 + (remoteRouters ? 1 : 0) : 0;
        var bytes = network is null ? 0 : traffic.Silos.Max(silo => Math.Max(network.Seconds(silo.SentBytes), network.Seconds(silo.ReceivedBytes)));
        PathPart[] parts =
        [
            Slowest("experts", silo => Math.Max(silo.Experts / lane, silo.LargestPiece)),
            Slowest("routing and commits", silo => (silo.Route + silo.Commit) / lane),
            Slowest("router's gradient", silo => silo.Gradient / lane),
            Slowest("calls and their bytes", silo => silo.Calls + silo.Bytes + silo.Fold),
            new("latency", -1, trips * (actors.RoundTrip + (2 * (network?.LatencyMicroseconds ?? 0)))),
            new("bandwidth", -1, bytes * 1e6),
        ];
        // While a silo is busy it also does what it does all the time.
        var idle = 1 / (1 - Math.Min(0.5, actors.IdleShare / cores));
        return new CriticalPath([.. parts.Where(part => part.Microseconds > 0).Select(part => part with { Microseconds = part.Microseconds * idle }).OrderByDescending(part => part.Microseconds)]);

        PathPart Slowest(string name, Func<SiloCpu, double> time)
        {
            var (silo, longest) = cpu.Select(time).Index().MaxBy(silo => silo.Item);
            return new PathPart(name, silo, longest);
        }
    }
}

/// <summary>A part of a step's wall time.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Silo">The silo that takes longest, from 0; -1 if it is no silo.</param>
/// <param name="Microseconds">How long.</param>
internal sealed record PathPart(string Name, int Silo, double Microseconds);
