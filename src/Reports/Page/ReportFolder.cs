using System.Text;
using MoeOrleans.Reports.Figures;

namespace MoeOrleans.Reports.Page;

/// <summary>Writes report.html and figures/*.svg and *.png. Each file is replaced at once, so a reader never sees half of it.</summary>
internal static class ReportFolder
{
    /// <summary>Name of the page's file.</summary>
    public const string FileName = "report.html";

    /// <param name="folder">The folder, created if it does not exist.</param>
    /// <param name="page">The page.</param>
    /// <param name="figures">Its figures.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to the folder.</exception>
    public static void Write(string folder, string page, IEnumerable<Figure> figures)
    {
        var images = Path.Combine(folder, "figures");
        Directory.CreateDirectory(images);
        foreach (var figure in figures)
        {
            Replace(Path.Combine(images, $"{figure.Id}.svg"), Encoding.UTF8.GetBytes(figure.Svg));
            Replace(Path.Combine(images, $"{figure.Id}.png"), figure.Png);
        }

        Replace(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(page));
    }

    private static void Replace(string path, byte[] bytes)
    {
        File.WriteAllBytes($"{path}.new", bytes);
        File.Move($"{path}.new", path, overwrite: true);
    }
}
