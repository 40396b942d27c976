using System.Runtime.CompilerServices;

namespace MoeOrleans.Repository.Tests;

/// <summary>The files of this repository, as they lie on disk.</summary>
internal static class SourceTree
{
    private static readonly string[] s_generated = ["bin", "obj", ".git", "node_modules", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Directory.GetParent(Here())!.Parent!.Parent!.FullName;

    /// <summary>Files below a folder whose name ends like this, without what a build makes; paths are relative to <see cref="Root"/>.</summary>
    public static IEnumerable<string> Files(string folder, string ending) =>
        Enumerate(Path.Combine(Root, folder)).Where(path => path.EndsWith(ending, StringComparison.Ordinal)).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Enumerate(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder)
            .Concat(Directory.EnumerateDirectories(folder).Where(child => !s_generated.Contains(Path.GetFileName(child))).SelectMany(Enumerate));
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
