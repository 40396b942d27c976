using System.Collections.Immutable;
using MoeOrleans.Grains.Placement;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>The silo processes that a run is assigned to: which were lost since, and whether they compute.</summary>
/// <param name="grains">Where silo grains are found.</param>
/// <param name="silos">The silos of the cluster.</param>
/// <param name="runId">The run.</param>
/// <param name="time">The clock.</param>
internal sealed class AssignedSilos(IGrainFactory grains, ClusterSilos silos, string runId, TimeProvider time)
{
    // A silo that computes answers at once: its grains' turns have other threads.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private ImmutableDictionary<string, SiloAddress?> _addresses = ImmutableDictionary<string, SiloAddress?>.Empty;

    /// <summary>A run was assigned to silos. A silo that restarts later under the same name is another one.</summary>
    /// <param name="names">Their names.</param>
    public void Assigned(IEnumerable<string> names) => _addresses = names.ToImmutableDictionary(name => name, silos.Find);

    /// <summary>The silos that are not alive any more, with the experts assigned to them; null if all are alive.</summary>
    /// <param name="experts">The silo of each expert.</param>
    public string? Lost(ImmutableArray<string> experts)
    {
        var lost = _addresses.Keys.Where(IsLost).Order(StringComparer.Ordinal).Select(name =>
        {
            var own = experts.Index().Where(expert => expert.Item == name).Select(expert => expert.Index).ToArray();
            return own.Length == 0 ? $"silo {name}" : $"silo {name} with expert{(own.Length == 1 ? "" : "s")} {string.Join(", ", own)}";
        }).ToArray();
        return lost.Length == 0 ? null : string.Join("; ", lost);
    }

    /// <summary>Whether all are alive and one computes: then a call that was not answered in time is still being worked on.</summary>
    public async Task<bool> AreAtWork() => !_addresses.Keys.Any(IsLost) && (await Work()).Any(work => work.IsBusy);

    /// <summary>What the silos compute. A silo that does not answer soon is left out.</summary>
    public async Task<IReadOnlyList<SiloWork>> Work()
    {
        var works = await Task.WhenAll(_addresses.Keys.Select(Ask));
        return [.. works.OfType<SiloWork>()];

        async Task<SiloWork?> Ask(string name)
        {
            try
            {
                return await grains.GetGrain<ISiloGrain>(name).Work(runId).WaitAsync(s_timeout, time);
            }
#pragma warning disable CA1031 // Whatever the reason, nothing is known of this silo's work.
            catch (Exception)
#pragma warning restore CA1031
            {
                return null;
            }
        }
    }

    private bool IsLost(string name) => _addresses[name] is not { } address || !address.Equals(silos.Find(name));
}
