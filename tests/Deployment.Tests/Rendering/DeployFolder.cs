using System.Runtime.CompilerServices;

namespace MoeOrleans.Deployment.Tests.Rendering;

/// <summary>The folder <c>deploy</c> of this repository.</summary>
internal static class DeployFolder
{
    public static string Root { get; } = Directory.GetParent(Here())!.Parent!.Parent!.Parent!.FullName;

    public static string At(params string[] names) => Path.Combine([Root, "deploy", .. names]);

    private static string Here([CallerFilePath] string path = "") => path;
}
