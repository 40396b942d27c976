using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>The header of a .npy file: the text of a Python dictionary.</summary>
/// <param name="Descr">Type of the elements, such as &lt;f4; in brackets if it is a structured type.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">Sizes, outermost first.</param>
internal sealed record NpyFileHeader(string Descr, bool FortranOrder, ImmutableArray<long> Shape)
{
    /// <summary>Whether the elements are in C order: with at most one size above 1, both orders are the same.</summary>
    public bool IsInCOrder => !FortranOrder || Shape.Contains(0) || Shape.Count(size => size > 1) <= 1;

    /// <summary>Reads the header's text; null if it is not valid.</summary>
    public static NpyFileHeader? Parse(string text) => new NpyHeaderParser(text).Parse();

    /// <summary>Writes the header's text.</summary>
    public override string ToString() => $"{{'descr': '{Descr}', 'fortran_order': {(FortranOrder ? "True" : "False")}, 'shape': {Tuple(Shape)}, }}";

    /// <summary>Writes a shape as Python does.</summary>
    public static string Tuple(ImmutableArray<int> shape) => Tuple([.. shape.Select(size => (long)size)]);

    /// <summary>Writes a shape as Python does: (), (3,), (3, 4).</summary>
    public static string Tuple(ImmutableArray<long> shape) => $"({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")})";
}
