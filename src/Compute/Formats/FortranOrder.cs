using System.Collections.Immutable;

namespace MoeOrleans.Compute.Formats;

/// <summary>Arrays whose first index runs fastest, as NumPy saves transposed arrays and the columns of tables.</summary>
internal static class FortranOrder
{
    /// <summary>A copy of the elements whose last index runs fastest.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="values">The elements in Fortran order.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    public static T[] ToC<T>(T[] values, ImmutableArray<int> shape)
    {
        var ordered = GC.AllocateUninitializedArray<T>(values.Length);
        var index = new int[shape.Length];
        var strides = new int[shape.Length];
        for (int axis = 0, stride = 1; axis < shape.Length; stride *= shape[axis++]) strides[axis] = stride;
        for (int i = 0, source = 0; i < ordered.Length; i++)
        {
            ordered[i] = values[source];
            // Counts like an odometer: the last index fastest.
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++index[axis] < shape[axis]) break;
                source -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return ordered;
    }
}
