using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MoeOrleans.Silo.Hosting;

/// <summary>Ready: a silo of the cluster, that does not leave.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silo, DrainState state) : IHealthCheck
{
    public const string Tag = "ready";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        state.IsDraining ? HealthCheckResult.Unhealthy("the silo leaves")
        : silo.CurrentStatus != SiloStatus.Active ? HealthCheckResult.Unhealthy($"the silo is {silo.CurrentStatus}")
        : HealthCheckResult.Healthy());
}
