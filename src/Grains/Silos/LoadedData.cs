using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Silos;

/// <summary>A data set of this silo, generated or read once.</summary>
internal sealed class LoadedData
{
    private readonly Lazy<Task<string>> _sha256;

    /// <summary>Begins to generate or read the data set.</summary>
    /// <param name="spec">What it is.</param>
    /// <param name="lane">Where it is generated: a grain's turn would take too long.</param>
    /// <param name="shared">Where processes of this machine share generated data sets; null if they do not.</param>
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

    /// <summary>SHA-256 of the data set, computed at first use.</summary>
    public Task<string> Sha256 => _sha256.Value;

    /// <summary>Whether generating or reading failed.</summary>
    public bool HasFailed => Dataset.IsFaulted || Dataset.IsCanceled;

    /// <summary>Works on the compute lane.</summary>
    public static async Task<T> On<T>(ComputeLane lane, Func<T> work)
    {
        T? result = default;
        await lane.Run(int.MaxValue, _ => result = work()).ConfigureAwait(false);
        return result!;
    }
}
