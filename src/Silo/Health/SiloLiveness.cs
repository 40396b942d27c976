using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MoeOrleans.Silo;

/// <summary>Alive: the cluster has not declared the silo dead.</summary>
internal sealed class SiloLiveness(ISiloStatusOracle silo) : IHealthCheck
{
    public const string Tag = "live";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silo.CurrentStatus == SiloStatus.Dead ? HealthCheckResult.Unhealthy("the cluster takes the silo for dead") : HealthCheckResult.Healthy());
}
