namespace MoeOrleans.Grains.Wire;

/// <summary>0, 1, 2 and so on: the indexes of consecutive rows. All callers share one array.</summary>
internal static class ConsecutiveIndexes
{
    private static volatile int[] s_indexes = [];

    /// <summary>The first indexes.</summary>
    /// <param name="count">Number of indexes.</param>
    public static ReadOnlyMemory<int> Of(int count)
    {
        var indexes = s_indexes;
        if (indexes.Length < count)
        {
            indexes = new int[Math.Max(count, 2 * indexes.Length)];
            for (var i = 0; i < indexes.Length; i++) indexes[i] = i;
            s_indexes = indexes;
        }

        return indexes.AsMemory(0, count);
    }
}
