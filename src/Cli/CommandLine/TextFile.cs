using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Reads text files that options name.</summary>
internal static class TextFile
{
    /// <summary>The text of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names the file: errors begin with it.</param>
    public static string Read(string path, string option)
    {
        if (Directory.Exists(path)) throw new ConfigurationException($"{option}: '{path}' is a folder; name a JSON file");
        if (!File.Exists(path)) throw new ConfigurationException($"{option}: there is no file '{path}'; 'moe spec > {path}' makes one");
        try
        {
            // A pipe is allowed, as in --spec <(moe spec), and a device may have no end.
            using var reader = new StreamReader(path);
            var text = new char[SpecificationBuilder.MaxLength + 1];
            var length = reader.ReadBlock(text);
            return length < text.Length ? new string(text, 0, length) : throw new ConfigurationException($"{option}: '{path}' must have at most {SpecificationBuilder.MaxLength} characters");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{option}: cannot read '{path}': {failure.Message}");
        }
    }
}
