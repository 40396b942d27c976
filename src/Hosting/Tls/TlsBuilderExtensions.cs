using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Tls;

/// <summary>Secures the connections of silos and clients.</summary>
internal static class TlsBuilderExtensions
{
    private static readonly string[] s_gatewayNames = [TlsRole.ClientName, TlsRole.SiloName];

    /// <summary>Makes a silo secure its connections, or refuse peers that want to.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tls">Its certificates; null without TLS.</param>
    /// <param name="asks">Whether it asks the silos of the cluster's list to be let in before it joins; only if that list is outside the silos.</param>
    public static ISiloBuilder UseTls(this ISiloBuilder silo, TlsFolder? tls, bool asks)
    {
        silo.Services.TryAddSingleton<ConnectionLog>();
        silo.Services.TryAddSingleton<JoinRefusal>();
        if (asks) silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new JoinProbe(
            services.GetRequiredService<ILocalSiloDetails>(), services.GetRequiredService<IMembershipTable>(), services.GetRequiredService<IOptions<ClusterMembershipOptions>>(),
            tls, services.GetRequiredService<ConnectionLog>(), services.GetRequiredService<TimeProvider>()));
        // Not Orleans' UseTls: it checks the peers of both ports by the same rule.
        return silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloInboundConnection(builder => Inbound(builder, "silo", TlsRole.Silo.Names));
            connections.ConfigureGatewayInboundConnection(builder => Inbound(builder, "gateway", s_gatewayNames));
            connections.ConfigureSiloOutboundConnection(builder =>
            {
                var (log, join) = (builder.ApplicationServices.GetRequiredService<ConnectionLog>(), builder.ApplicationServices.GetRequiredService<JoinRefusal>());
                builder.UseMiddleware(new OutboundConnections(tls, folder => folder.Read(log.Renewed, log.Faulty), (address, reason) =>
                {
                    log.NotConnected(address, reason);
                    join.NotConnected(address, reason);
                }));
            });
        });

        void Inbound(IConnectionBuilder builder, string port, IReadOnlyList<string> names) => builder.UseMiddleware(
            new InboundConnections(tls, port, names, builder.ApplicationServices.GetRequiredService<ConnectionLog>(), builder.ApplicationServices.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Makes a client secure its connections.</summary>
    /// <param name="client">The client.</param>
    /// <param name="tls">Its certificates; null without TLS.</param>
    /// <param name="refused">Receives why a silo cannot be connected to, if certificates or the lack of them are the reason.</param>
    public static IClientBuilder UseTls(this IClientBuilder client, TlsFolder? tls, Action<string> refused) => client.Configure<ClientConnectionOptions>(connections =>
        connections.ConfigureConnection(builder => builder.UseMiddleware(new OutboundConnections(tls, folder => folder.Read(), (_, reason) => refused(reason)))));
}
