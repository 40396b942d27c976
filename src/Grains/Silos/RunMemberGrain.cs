namespace MoeOrleans.Grains.Silos;

/// <summary>
/// The lifecycle that a run's coordinator, routers and experts have in common: its silo lists the grain while it is active,
/// and it deactivates when the run releases it.
/// </summary>
/// <param name="hosted">The list of its silo.</param>
internal abstract class RunMemberGrain(HostedGrains hosted) : Grain
{
    /// <summary>What the silo lists.</summary>
    protected abstract HostedGrain Self { get; }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        hosted.Add(Self);
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        hosted.Remove(Self);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <summary>Keeps the grain active without calls: only its silo's memory has its state.</summary>
    protected void StayActive() => DelayDeactivation(Timeout.InfiniteTimeSpan);

    /// <summary>Deactivates the grain once the calls in progress have ended.</summary>
    protected void Retire()
    {
        DelayDeactivation(TimeSpan.Zero);
        DeactivateOnIdle();
    }

    /// <summary>Moves the grain to the silo that its placement names now.</summary>
    // A deactivation alone would not do: a call that is under way would activate the grain on this silo again.
    protected void MoveAway() => MigrateOnIdle();
}
