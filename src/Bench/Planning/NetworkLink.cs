namespace MoeOrleans.Bench.Planning;

/// <summary>The network between two silos.</summary>
/// <param name="GigabitsPerSecond">Bandwidth of a silo's link, in each direction at the same time.</param>
/// <param name="LatencyMicroseconds">Time that a message takes in one direction, in addition to what two processes of one machine need.</param>
internal sealed record NetworkLink(double GigabitsPerSecond, double LatencyMicroseconds)
{
    /// <summary>Seconds that bytes take.</summary>
    /// <param name="bytes">The bytes.</param>
    public double Seconds(double bytes) => bytes * 8 / (GigabitsPerSecond * 1e9);
}
