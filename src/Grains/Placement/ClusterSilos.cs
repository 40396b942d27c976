using System.Collections.Immutable;

namespace MoeOrleans.Grains.Placement;

/// <summary>The silos of the cluster by name, as this silo sees them: those that are alive, and which of them are about to leave.</summary>
/// <param name="membership">The cluster's membership.</param>
internal sealed class ClusterSilos(IClusterMembershipService membership)
{
    private readonly Lock _lock = new();
    private ImmutableHashSet<SiloAddress> _draining = [];
    private View? _view;

    /// <summary>Names of the silos that are alive, in ordinal order.</summary>
    public ImmutableArray<string> Names => Current.Names;

    /// <summary>Names of those that are not about to leave.</summary>
    public ImmutableArray<string> Open => Current.Open;

    /// <summary>Addresses of the silos that may host grains: those that are alive, and those that leave and have not ended yet.</summary>
    public ImmutableHashSet<SiloAddress> NotEnded => Current.NotEnded;

    /// <summary>The address of a living silo; null if none has this name.</summary>
    /// <param name="name">Its name.</param>
    public SiloAddress? Find(string name) => Current.Addresses.GetValueOrDefault(name);

    /// <summary>Whether a living silo is about to leave.</summary>
    /// <param name="name">Its name.</param>
    public bool IsDraining(string name) => Find(name) is { } silo && _draining.Contains(silo);

    /// <summary>Whether a silo said that it would leave. It may have left by now.</summary>
    /// <param name="silo">Its address.</param>
    public bool WasDraining(SiloAddress silo) => _draining.Contains(silo);

    /// <summary>A silo is about to leave. A later silo of the same name is not draining.</summary>
    /// <param name="name">Its name; unknown ones are ignored.</param>
    public void Drain(string name)
    {
        if (Find(name) is not { } silo) return;
        lock (_lock) _draining = _draining.Add(silo);
    }

    /// <summary>The silos of a snapshot that may host grains.</summary>
    /// <param name="snapshot">The cluster at some moment.</param>
    public static ImmutableHashSet<SiloAddress> MayHost(ClusterMembershipSnapshot snapshot) =>
    [
        .. snapshot.Members.Values.Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(member => member.SiloAddress),
    ];

    // Read at every step: rebuilt only after a change.
    private View Current
    {
        get
        {
            var (snapshot, draining, view) = (membership.CurrentSnapshot, _draining, _view);
            if (view is not null && view.Version == snapshot.Version && view.Draining == draining) return view;
            return _view = new View(snapshot, draining);
        }
    }

    private sealed class View
    {
        public View(ClusterMembershipSnapshot snapshot, ImmutableHashSet<SiloAddress> draining)
        {
            (Version, Draining, NotEnded) = (snapshot.Version, draining, MayHost(snapshot));
            // Of two silos with the same name the later one: the other is leaving.
            Addresses = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active)
                .GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToImmutableDictionary(group => group.Key, group => group.MaxBy(member => member.SiloAddress.Generation)!.SiloAddress, StringComparer.Ordinal);
            Names = [.. Addresses.Keys.Order(StringComparer.Ordinal)];
            Open = [.. Names.Where(name => !draining.Contains(Addresses[name]))];
        }

        public MembershipVersion Version { get; }

        public ImmutableHashSet<SiloAddress> Draining { get; }

        public ImmutableHashSet<SiloAddress> NotEnded { get; }

        public ImmutableDictionary<string, SiloAddress> Addresses { get; }

        public ImmutableArray<string> Names { get; }

        public ImmutableArray<string> Open { get; }
    }
}
