using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Page;
using Orleans.Dashboard;

namespace MoeOrleans.Silo.Server;

/// <summary>Orleans' own dashboard: calls and times of every kind of grain. It is served at the live page's port, behind the same guard.</summary>
/// <param name="Services">The services that the silo has for it.</param>
internal sealed record OrleansDashboard(IReadOnlyList<Type> Services)
{
    /// <summary>Lets a silo take part in it.</summary>
    /// <param name="silo">The silo.</param>
    public static OrleansDashboard AddTo(ISiloBuilder silo)
    {
        var others = silo.Services.ToHashSet();
        // With its trace view, all readers of the page could read the log of the silo.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        var own = silo.Services.Where(service => !others.Contains(service)).Select(service => service.ServiceType);
        return new OrleansDashboard([.. own.Where(type => type.Assembly == typeof(DashboardOptions).Assembly).Distinct()]);
    }

    /// <summary>The part of the page's server that serves it, from services of the silo.</summary>
    /// <param name="silo">The services of the silo.</param>
    public PageExtension Extension(IServiceProvider silo) => new(
        "/orleans",
        services =>
        {
            foreach (var type in Services) services.AddSingleton(type, silo.GetRequiredService(type));
            services.Configure<DashboardOptions>(dashboard => dashboard.HideTrace = true);
        },
        application => application.MapOrleansDashboard("/orleans"));
}
