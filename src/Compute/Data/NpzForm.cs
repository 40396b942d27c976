using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>A .npz file with the arrays train_x, train_y, train_cluster and the same for test_. Keras' names x_train and so on are read too.</summary>
/// <param name="path">The file.</param>
internal sealed class NpzForm(string path) : ArrayForm
{
    private readonly ImmutableArray<string> _names = NpzFile.Names(path);

    /// <inheritdoc/>
    public override ArrayName Name(string set, string part) => new(path, Stored(set, part) ?? $"{set}_{part}");

    /// <inheritdoc/>
    public override bool Has(string set, string part) => Stored(set, part) is not null;

    /// <inheritdoc/>
    protected override NumberReader Open(ArrayName name) => NpzFile.Open(path, name.Entry!);

    private string? Stored(string set, string part) => ((string[])[$"{set}_{part}", $"{part}_{set}"]).FirstOrDefault(name => _names.Contains(name));
}
