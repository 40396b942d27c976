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

    /// <summary>Saves a .npz file again after a change of one of its arrays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entry">The array's name in it.</param>
    /// <param name="method">What is done to the array.</param>
    public static string ChangeEntry(string path, string entry, string method) =>
        $"; mend it with d = dict(numpy.load({Text(path)})); d[{Text(entry)}] = d[{Text(entry)}]{method}; numpy.savez({Text(path)}, **d)";

    private static string Text(string path) => $"'{path.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
