using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoeOrleans.Grains.Placement;

namespace MoeOrleans.Silo;

/// <summary>Ready: a silo of the cluster, that does not leave.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silo, ClusterSilos silos, ILocalSiloDetails self) : IHealthCheck
{
    public const string Tag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        silos.IsDraining(self.Name) ? HealthCheckResult.Unhealthy("the silo leaves")
        : silo.CurrentStatus != SiloStatus.Active ? HealthCheckResult.Unhealthy($"the silo is {silo.CurrentStatus}")
        : HealthCheckResult.Healthy());
}
