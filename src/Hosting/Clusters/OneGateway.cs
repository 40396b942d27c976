using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;

namespace MoeOrleans.Hosting.Clusters;

/// <summary>
/// Lists the one gateway whose turn it is. If Orleans knew them all, it would send all calls to a grain through the same one, and these
/// calls would fail as long as that silo hangs.
/// </summary>
/// <param name="all">Lists all gateways.</param>
/// <param name="turn">Whose turn it is.</param>
internal sealed class OneGateway(IGatewayListProvider all, GatewayTurn turn) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => all.MaxStaleness;

    public bool IsUpdatable => true;

    /// <summary>Puts it in front of the provider that the client has.</summary>
    public static void Use(IServiceCollection services, GatewayTurn turn)
    {
        var all = services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        services.Remove(all);
        services.AddSingleton<IGatewayListProvider>(provider => new OneGateway(
            (IGatewayListProvider)(all.ImplementationInstance ?? all.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, all.ImplementationType!)), turn));
    }

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken) => all.InitializeGatewayListProviderAsync(cancellationToken);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken) =>
        turn.Choose([.. await all.GetGatewaysAsync(cancellationToken)]) is { } gateway ? [gateway] : [];
}
