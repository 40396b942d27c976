using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>Inputs in one file of any name: a .npy or an IDX file.</summary>
/// <param name="path">The file.</param>
internal sealed class SingleArrayForm(string path) : ArrayForm
{
    /// <inheritdoc/>
    public override ArrayName Name(string set, string part) => new(path);

    /// <inheritdoc/>
    public override bool Has(string set, string part) => part == "x";

    /// <inheritdoc/>
    protected override NumberReader Open(ArrayName name) =>
        Path.GetFileName(name.Path).Contains("ubyte", StringComparison.OrdinalIgnoreCase) ? IdxFile.Open(name.Path) : NpyReader.OpenNumbers(name.Path);
}
