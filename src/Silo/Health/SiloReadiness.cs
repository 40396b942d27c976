using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Silo.Health;

/// <summary>A silo is ready if it is an active member of its cluster and does not drain.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silo, ClusterSilos silos, ILocalSiloDetails self) : IHealthCheck
{
    public const string Tag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        silos.IsDraining(self.Name) ? HealthCheckResult.Unhealthy("the silo drains")
        : silo.CurrentStatus != SiloStatus.Active ? HealthCheckResult.Unhealthy($"the silo is {silo.CurrentStatus}")
        : HealthCheckResult.Healthy());
}
