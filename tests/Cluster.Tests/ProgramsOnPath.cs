namespace MoeOrleans.Cluster.Tests;

/// <summary>Programs of the machine that some tests need.</summary>
internal static class ProgramsOnPath
{
    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? Find(string name) =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();
}
