namespace MoeOrleans.Coordinator.Telemetry;

/// <summary>What a silo's telemetry is like.</summary>
/// <param name="Silo">Name of the silo.</param>
/// <param name="Experts">Experts of a run that have series of their own; the others are one series.</param>
internal sealed record TelemetryOptions(string Silo, int Experts)
{
    /// <summary>Experts that have series of their own unless another number is set.</summary>
    public const int DefaultExperts = 64;
}
