namespace MoeOrleans.Compute.Formats;

/// <summary>The lines of NumPy that mend a file, for error lines.</summary>
internal static class NumPyLine
{
    /// <summary>Saves the array again after a change.</summary>
    /// <param name="path">The file.</param>
    /// <param name="method">What is done to the array, such as .astype('&lt;f4').</param>
    public static string Change(string path, string method) => $"; mend it with numpy.save({Text(path)}, numpy.load({Text(path)}){method})";

    /// <summary>Saves the array again in C order.</summary>
    /// <param name="path">The file.</param>
    public static string COrder(string path) => $"; mend it with numpy.save({Text(path)}, numpy.ascontiguousarray(numpy.load({Text(path)})))";

    private static string Text(string path) => $"'{path.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
