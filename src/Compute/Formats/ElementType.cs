using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>A type of numbers in a file.</summary>
/// <param name="Kind">NumPy's letter: f, i, u or b.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="IsBigEndian">Whether the highest byte comes first.</param>
internal readonly record struct ElementType(char Kind, int Bytes, bool IsBigEndian = false)
{
    private static readonly ImmutableArray<string> s_known = ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"];

    /// <summary>Whether the numbers are whole.</summary>
    public bool IsInteger => Kind != 'f';

    /// <summary>Whether the numbers are bytes, as images have them.</summary>
    public bool IsByte => this is { Kind: 'u', Bytes: 1 };

    /// <summary>Whether the numbers are float32.</summary>
    public bool IsSingle => this is { Kind: 'f', Bytes: 4 };

    /// <summary>NumPy's code of the type, as in a .npy header.</summary>
    public string Descr => $"{(Bytes == 1 ? '|' : IsBigEndian ? '>' : '<')}{Kind}{Bytes}";

    /// <summary>The type of a .npy header; null if it holds no numbers.</summary>
    /// <param name="descr">The header's text, such as &lt;f4.</param>
    public static ElementType? Parse(string descr) =>
        descr is [('<' or '>' or '|') and var order, var kind, var bytes] && s_known.Contains(descr[1..]) ? new(kind, bytes - '0', order == '>' && bytes > '1') : null;

    /// <summary>NumPy's name of the type.</summary>
    public override string ToString()
    {
        var name = Kind switch
        {
            'f' => $"float{8 * Bytes}",
            'i' => $"int{8 * Bytes}",
            'u' => $"uint{8 * Bytes}",
            _ => "bool",
        };
        return IsBigEndian ? $"big-endian {name}" : name;
    }
}
