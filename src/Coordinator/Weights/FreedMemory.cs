namespace MoeOrleans.Coordinator.Weights;

/// <summary>Gives memory that a run of large weights has freed back to the system.</summary>
internal static class FreedMemory
{
    /// <summary>Weights of so many bytes are large: for smaller ones a collection costs more than it brings.</summary>
    public const long LargeBytes = 64 << 20;

    /// <summary>
    /// Collects what a run has freed. Otherwise its large arrays stay resident until the next run allocates as much. All threads of the
    /// silo pause meanwhile, so this happens when a run has ended or is deleted, never between its steps.
    /// </summary>
    /// <param name="weights">The run's weights; null if it has none.</param>
    /// <returns>Whether they are large.</returns>
    public static bool Return(KeptWeights? weights)
    {
        if (weights is null || weights.Bytes < LargeBytes) return false;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return true;
    }
}
