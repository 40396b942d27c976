using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Metrics;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator;

/// <summary>The products over training (paper, section 5.2), every few steps.</summary>
/// <param name="data">The data, whose signals are multiplied with; those of data from files are not known.</param>
/// <param name="interval">Steps between records; 0 for none.</param>
internal sealed class ProductsLog(DataSpec data, int interval)
{
    private readonly List<ProductsRecord> _records = [];
    private readonly Lazy<Signals> _signals = new(() => Signals.Draw(data.Seed, data.Clusters, data.Dim));

    public IReadOnlyList<ProductsRecord> Records => _records;

    public bool IsOn => interval > 0 && data.Source == DataSource.Clusters;

    public bool IsDue(long step) => IsOn && step % interval == 0;

    /// <summary>Records the products of the weights before a step's update.</summary>
    public void Add(long step, MixtureWeights<float> weights)
    {
        // The final weights, where the last step made no update, are those of that step.
        if (_records is [.., var last] && last.Step == step) return;
        _records.Add(ProductsRecord.Of(step, Products.Of(weights, _signals.Value)));
    }

    /// <summary>Goes on after these.</summary>
    public void Resume(IEnumerable<ProductsRecord> records) => _records.AddRange(records);

    public void Clear() => _records.Clear();
}
