namespace MoeOrleans.Tests;

/// <summary>A folder whose files are replaced as Kubernetes replaces those of a secret: by a link that is renamed over the old one.</summary>
/// <param name="folder">Where it is; it is created.</param>
internal sealed class MountedSecret(string folder)
{
    private static readonly string[] s_files = ["tls.crt", "tls.key", "ca.crt"];

    private int _versions;

    /// <summary>The folder that a program is given.</summary>
    public string Path => folder;

    /// <summary>Replaces the files.</summary>
    /// <param name="write">Writes the new ones into a folder.</param>
    public void Replace(Action<string> write)
    {
        Directory.CreateDirectory(folder);
        var version = $"..version-{++_versions}";
        write(At(version));
        Directory.CreateSymbolicLink(At("..data_tmp"), version);
        // File.Move would follow the links.
        if (rename(At("..data_tmp"), At("..data")) != 0) throw new IOException("The link was not renamed.");
        if (_versions > 1) return;
        foreach (var file in s_files) File.CreateSymbolicLink(At(file), System.IO.Path.Combine("..data", file));
    }

    private string At(string name) => System.IO.Path.Combine(folder, name);

    [System.Runtime.InteropServices.DllImport("libc", SetLastError = true, CharSet = System.Runtime.InteropServices.CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
#pragma warning disable IDE1006, SYSLIB1054 // The name is the C library's, and a test needs no generated marshalling.
    private static extern int rename(string from, string to);
#pragma warning restore IDE1006, SYSLIB1054
}
