using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MoeOrleans.Silo.Health;

/// <summary>A silo is alive unless its cluster has declared it dead.</summary>
internal sealed class SiloLiveness(ISiloStatusOracle silo) : IHealthCheck
{
    public const string Tag = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silo.CurrentStatus == SiloStatus.Dead ? HealthCheckResult.Unhealthy("the cluster has declared the silo dead") : HealthCheckResult.Healthy());
}
