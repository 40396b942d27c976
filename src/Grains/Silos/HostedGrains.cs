using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace MoeOrleans.Grains.Silos;

/// <summary>The grains of runs that are active on this silo. Each adds and removes itself.</summary>
internal sealed class HostedGrains
{
    private readonly ConcurrentDictionary<HostedGrain, byte> _grains = new();

    /// <summary>The active grains by run, kind and index.</summary>
    public ImmutableArray<HostedGrain> Now =>
        [.. _grains.Keys.OrderBy(grain => grain.RunId, StringComparer.Ordinal).ThenBy(grain => grain.Kind).ThenBy(grain => grain.Index)];

    /// <summary>A grain was activated.</summary>
    /// <param name="grain">The grain.</param>
    public void Add(HostedGrain grain) => _grains[grain] = 0;

    /// <summary>A grain was deactivated.</summary>
    /// <param name="grain">The grain.</param>
    public void Remove(HostedGrain grain) => _grains.TryRemove(grain, out _);
}
