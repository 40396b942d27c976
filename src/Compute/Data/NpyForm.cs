using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A folder of NumPy files: train_x.npy, train_y.npy, train_cluster.npy if clusters are known, and the same for test_.</summary>
/// <param name="folder">The folder.</param>
internal sealed class NpyForm(string folder) : ArrayForm
{
    /// <inheritdoc/>
    public override ArrayName Name(string set, string part) => new(Path.Combine(folder, $"{set}_{part}.npy"));

    /// <inheritdoc/>
    public override bool Has(string set, string part) => File.Exists(Name(set, part).Path);

    /// <inheritdoc/>
    protected override NumberReader Open(ArrayName name) => NpyReader.OpenNumbers(name.Path);
}
