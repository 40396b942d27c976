using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Silo.Health;

/// <summary>The health endpoints: each answers with JSON, a status and the reasons why the silo is not healthy.</summary>
internal static class HealthEndpoints
{
    private const string Startup = "startup";
    private const string Live = "live";
    private const string Ready = "ready";

    private static readonly string s_process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Adds the checks of the endpoints.</summary>
    public static void AddSiloHealth(this IServiceCollection services)
    {
        Add(Startup, services => HealthReasons.NotStarted(Status(services)));
        Add(Live, services => HealthReasons.NotLive(Status(services), services.GetService<OwnEntry>()?.State));
        Add(Ready, services => HealthReasons.NotReady(
            Status(services), services.GetService<OwnEntry>()?.State, services.GetRequiredService<ClusterSilos>().IsDraining(services.GetRequiredService<ILocalSiloDetails>().Name)));

        static SiloStatus Status(IServiceProvider services) => services.GetRequiredService<ISiloStatusOracle>().CurrentStatus;

        void Add(string name, Func<IServiceProvider, string?> reason) =>
            services.AddHealthChecks().Add(new HealthCheckRegistration(name, found => new ReasonCheck(() => reason(found)), failureStatus: null, tags: [name]));
    }

    /// <summary>Maps /health/startup, /health/live and /health/ready.</summary>
    public static void MapSiloHealth(this WebApplication application)
    {
        application.Use((context, next) =>
        {
            context.Response.Headers[HealthHeaders.Process] = s_process;
            return next(context);
        });
        application.UseRouting();
        foreach (var name in (string[])[Startup, Live, Ready])
            application.MapHealthChecks($"/health/{name}", new HealthCheckOptions { Predicate = check => check.Tags.Contains(name), ResponseWriter = Write });
    }

    private static Task Write(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status == HealthStatus.Healthy ? "healthy" : "unhealthy",
        reasons = report.Entries.Values.Select(entry => entry.Description).OfType<string>().ToArray(),
    });

    private sealed class ReasonCheck(Func<string?> reason) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(reason() is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy());
    }
}
