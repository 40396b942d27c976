namespace MoeOrleans.Page.Tests;

/// <summary>The browser of the machine: none is downloaded.</summary>
internal static class Chromium
{
    public const string HowToInstall = "No Chromium on PATH; on Debian: apt-get install -y chromium";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Its path; null where there is none.</summary>
    public static string? Find() =>
        (from name in Names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();
}
