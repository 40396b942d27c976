using System.Numerics.Tensors;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// Inputs from an array. Floating-point numbers of three sizes are samples x patches x dim. Whatever else has at least two sizes becomes one
/// patch a sample: bytes are images.
/// </summary>
internal static class InputArray
{
    private const float MaxByte = byte.MaxValue;

    /// <summary>Reads the inputs, float32; the labels are 0.</summary>
    /// <param name="array">The array.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    /// <exception cref="DataFileException">The array has another type or shape.</exception>
    public static SampleFiles Read(NumberReader array)
    {
        var type = array.Type;
        if (type.IsInteger && !type.IsByte)
            throw new DataFileException($"{array.Name}: dtype must be uint8, float16, float32 or float64, got {NpyHeaderReader.Described(type.Descr)}{array.Name.Mend(".astype('<f4')")}");
        var (count, patches, dim) = Sizes(array);
        var inputs = type.IsByte ? Fractions(array.Read<float>()) : array.Singles();
        return new SampleFiles(patches, dim, inputs, new int[count], null) { Conversions = Note(array, patches, dim) is { } note ? [note] : [], Arrays = [array.Info] };
    }

    private static (int Count, int Patches, int Dim) Sizes(NumberReader array)
    {
        var shape = array.Shape;
        if (shape.Contains(0) || shape.IsEmpty)
            throw new DataFileException($"{array.Name}: shape must be (samples, patches, dim), none of them 0, got {NpyFileHeader.Tuple(shape)}");
        return shape switch
        {
            [var count] => throw new DataFileException($"{array.Name}: shape must be (samples, patches, dim), got ({count},), which says nothing of samples{OfOneNumber(array)}"),
            [var count, var patches, var dim] when !array.Type.IsInteger => (count, patches, dim),
            _ => (shape[0], 1, array.Count / shape[0]),
        };
    }

    private static float[] Fractions(float[] values)
    {
        TensorPrimitives.Divide(values, MaxByte, values);
        return values;
    }

    // What is done to the file's numbers and shape; null if nothing is.
    private static string? Note(NumberReader array, int patches, int dim)
    {
        var isChanged = array.Type is not { IsSingle: true, IsBigEndian: false } || array.IsFortranOrder;
        if (!isChanged && array.Shape.Length == 3) return null;
        return $"{array.Name.Short}: {array.Type} {NpyFileHeader.Tuple(array.Shape)}{(array.IsFortranOrder ? " in Fortran order" : "")} to {patches} x {dim} (patches x dim) float32{(array.Type.IsByte ? ", divided by 255" : "")}";
    }

    private static string OfOneNumber(NumberReader array) => array.Name.Mend(".reshape(-1, 1)") is { Length: > 0 } mend ? $"{mend} for samples of one number" : "";
}
