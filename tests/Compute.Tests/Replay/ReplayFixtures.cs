namespace MoeOrleans.Compute.Tests.Replay;

internal static class ReplayFixtures
{
    private static readonly string _root = Root();

    public static string PathOf(string name) => Path.Combine(_root, name);

    public static IEnumerable<string> Names() => Directory.EnumerateDirectories(_root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MoeOrleans.sln"))) return Path.Combine(folder.FullName, "tests", "fixtures", "replay");
        }

        throw new DirectoryNotFoundException("MoeOrleans.sln is in no folder above the tests");
    }
}
