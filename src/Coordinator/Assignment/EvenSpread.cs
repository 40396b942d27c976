using System.Collections.Immutable;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>Spreads grains over silos evenly: their counts differ by at most one, and as few grains as possible move.</summary>
internal static class EvenSpread
{
    /// <summary>Where each grain belongs.</summary>
    /// <param name="count">Number of grains.</param>
    /// <param name="silos">Names of the silos, at least one, in the order in which they are filled.</param>
    /// <param name="before">Where each grain has been, on these silos or on others; empty where none has been anywhere.</param>
    /// <returns>The silo of each grain.</returns>
    public static ImmutableArray<string> Of(int count, ImmutableArray<string> silos, ImmutableArray<string> before)
    {
        ArgumentOutOfRangeException.ThrowIfZero(silos.Length, nameof(silos));
        if (!before.IsEmpty && before.Length != count) throw new ArgumentException($"{before.Length} grains were placed before, {count} are to be.", nameof(before));
        var room = Room(count, silos, before);
        var spread = new string?[count];
        for (var i = 0; i < before.Length; i++)
        {
            if (room.GetValueOrDefault(before[i]) == 0) continue;
            spread[i] = before[i];
            room[before[i]]--;
        }

        var filling = 0;
        for (var i = 0; i < count; i++)
        {
            if (spread[i] is not null) continue;
            while (room[silos[filling]] == 0) filling++;
            spread[i] = silos[filling];
            room[silos[filling]]--;
        }

        return [.. spread!];
    }

    /// <summary>How many grains each silo is to have.</summary>
    private static Dictionary<string, int> Room(int count, ImmutableArray<string> silos, ImmutableArray<string> before)
    {
        var (least, more) = Math.DivRem(count, silos.Length);
        // A silo that has the most may keep one more: each of the others would have to be sent it.
        var has = before.CountBy(silo => silo).ToDictionary();
        return silos.OrderByDescending(silo => has.GetValueOrDefault(silo)).Index().ToDictionary(silo => silo.Item, silo => least + (silo.Index < more ? 1 : 0));
    }
}
