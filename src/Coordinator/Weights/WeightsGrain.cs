using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Coordinator.Weights;

/// <inheritdoc cref="IWeightsGrain"/>
/// <param name="silo">The silo.</param>
/// <param name="hosted">The grains on it.</param>
/// <param name="silos">The silos of the cluster.</param>
[FirstSilo, GrainType("moe.weights")]
internal sealed class WeightsGrain(ILocalSiloDetails silo, HostedGrains hosted, ClusterSilos silos) : RunMemberGrain(hosted), IWeightsGrain, IGrainMigrationParticipant
{
    private WireTensor<float>? _piece;

    /// <inheritdoc/>
    protected override HostedGrain Self => GrainKeys.Grain(this.GetPrimaryKeyString(), HostedGrainKind.Weights);

    /// <inheritdoc/>
    public Task Keep(WireTensor<float> piece)
    {
        _piece = piece;
        StayActive();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<WireTensor<float>> Get()
    {
        if (_piece is { } piece) return Task.FromResult(piece);
        // The piece was lost with its silo. This activation has nothing to keep.
        DeactivateOnIdle();
        throw new InvalidOperationException($"Weights of run {Self.RunId} were lost with the silo that kept them.");
    }

    /// <inheritdoc/>
    public Task<bool> IsKept()
    {
        if (_piece is null) DeactivateOnIdle();
        return Task.FromResult(_piece is not null);
    }

    /// <inheritdoc/>
    public Task Move()
    {
        if (silos.IsDraining(silo.Name) && !silos.Open.IsEmpty) MoveAway();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release()
    {
        _piece = null;
        Retire();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_piece is not null) StayActive();
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_piece is { } piece) dehydrationContext.TryAddValue(nameof(WeightsGrain), piece);
    }

    /// <inheritdoc/>
    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue<WireTensor<float>>(nameof(WeightsGrain), out var piece)) _piece = piece;
    }
}
