using System.Diagnostics.Metrics;

namespace MoeOrleans.Hosting.Membership;

/// <summary>The silos of the cluster as metrics. Each silo counts what it sees.</summary>
internal sealed class MembershipMeter : IDisposable
{
    public const string Silos = "moe.cluster.silos";
    public const string LostSilos = "moe.cluster.lost_silos";

    private readonly Meter _meter = new("MoeOrleans.Hosting");
    private int _active;
    private int _lost;

    public MembershipMeter()
    {
        _meter.CreateObservableGauge(Silos, () => _active, "{silo}", "Silos of the cluster, as this silo sees it");
        // It is exported as 0 before the first loss: otherwise Prometheus would not see an increase.
        _meter.CreateObservableCounter(LostSilos, () => _lost, "{silo}", "Silos that were declared dead and had not drained, as this silo has seen it");
    }

    /// <summary>The cluster has changed.</summary>
    /// <param name="active">Its silos.</param>
    /// <param name="lost">Those that were lost now.</param>
    public void Update(int active, int lost)
    {
        _active = active;
        _lost += lost;
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
