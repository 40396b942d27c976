using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Page.Feed;

/// <summary>The share of their compute threads' time that silos have worked since the last look.</summary>
/// <param name="time">The clock.</param>
internal sealed class SiloUtilisation(TimeProvider time)
{
    private Dictionary<string, (SiloDescription Silo, long At, double? Share)> _silos = [];

    /// <summary>Looks at the silos.</summary>
    /// <param name="silos">The silos.</param>
    public void Update(IEnumerable<SiloDescription> silos)
    {
        var now = time.GetTimestamp();
        _silos = silos.ToDictionary(silo => silo.Name, silo => (silo, now, Share(silo, now)));
    }

    /// <summary>The share; null before the second look.</summary>
    /// <param name="silo">Name of the silo.</param>
    public double? Of(string silo) => _silos.GetValueOrDefault(silo).Share;

    private double? Share(SiloDescription silo, long now)
    {
        if (!_silos.TryGetValue(silo.Name, out var before) || before.Silo.ProcessId != silo.ProcessId) return null;
        var seconds = time.GetElapsedTime(before.At, now).TotalSeconds * silo.Threads;
        return seconds <= 0 ? before.Share : Math.Round(Math.Clamp((silo.ComputeSeconds - before.Silo.ComputeSeconds) / seconds, 0, 1), 3);
    }
}
