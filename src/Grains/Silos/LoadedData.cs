using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Silos;

/// <summary>A data set of this silo.</summary>
internal sealed class LoadedData
{
    private readonly Lazy<Task<string>> _sha256;

    /// <summary>Begins to make or read it.</summary>
    /// <param name="spec">What it is.</param>
    /// <param name="lane">Where it is made: not on the turn of the grain that happened to ask first.</param>
    /// <param name="shared">Where processes of this machine share what they make; null for nowhere.</param>
    public LoadedData(DataSpec spec, ComputeLane lane, SharedData? shared)
    {
        Spec = spec;
        Dataset = On(lane, () => Datasets.Load(spec, shared));
        _sha256 = new(async () => await On(lane, (await Dataset.ConfigureAwait(false)).Sha256).ConfigureAwait(false));
    }

    /// <summary>What it is.</summary>
    public DataSpec Spec { get; }

    /// <summary>Training and test samples.</summary>
    public Task<Dataset<float>> Dataset { get; }

    /// <summary>Its hash, computed when it is first asked for.</summary>
    public Task<string> Sha256 => _sha256.Value;

    /// <summary>Whether it could not be made or read.</summary>
    public bool HasFailed => Dataset.IsFaulted || Dataset.IsCanceled;

    private static async Task<T> On<T>(ComputeLane lane, Func<T> work)
    {
        T? result = default;
        await lane.Run(int.MaxValue, _ => result = work()).ConfigureAwait(false);
        return result!;
    }
}
