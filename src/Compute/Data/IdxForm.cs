using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A folder of MNIST's files: train-images-idx3-ubyte, train-labels-idx1-ubyte the same for t10k, and for val if there are validation samples, with .gz or without.</summary>
/// <param name="folder">The folder.</param>
internal sealed class IdxForm(string folder) : ArrayForm
{
    /// <inheritdoc/>
    public override ArrayName Name(string set, string part)
    {
        var (prefix, name) = (set == "test" ? "t10k" : set, part == "x" ? "images{0}idx3-ubyte" : "labels{0}idx1-ubyte");
        var paths = from suffix in (string[])["", ".gz"]
                    from dot in (string[])["-", "."]
                    select Path.Combine(folder, $"{prefix}-{name.Replace("{0}", dot, StringComparison.Ordinal)}{suffix}");
        return new(paths.FirstOrDefault(File.Exists) ?? paths.First());
    }

    /// <inheritdoc/>
    public override bool Has(string set, string part) => part is "x" or "y" && File.Exists(Name(set, part).Path);

    /// <inheritdoc/>
    protected override NumberReader Open(ArrayName name) => IdxFile.Open(name.Path);
}
