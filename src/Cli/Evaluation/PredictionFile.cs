using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>The predicted class and the expert of each sample, as .npy (samples x 2, int32) or .csv. The file is never half written.</summary>
internal sealed class PredictionFile
{
    private const string Npy = ".npy";
    private const string Csv = ".csv";

    private readonly string _path;
    private readonly bool _overwrite;

    private PredictionFile(string path, bool overwrite) => (_path, _overwrite) = (path, overwrite);

    /// <summary>Checks, before anything is computed, that the file can be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether the file may exist.</param>
    /// <param name="option">The option that names it: errors begin with it.</param>
    /// <param name="inputs">Files that are read: they are never overwritten.</param>
    public static PredictionFile Open(string path, bool overwrite, string option, params IEnumerable<string> inputs)
    {
        if (Path.GetExtension(path) is not (Npy or Csv)) throw new ConfigurationException($"{option}: must end with {Npy} or {Csv}, got '{path}'");
        if (Directory.Exists(path)) throw new ConfigurationException($"{option}: '{path}' is a folder; name a file");
        if (File.Exists(path) && !overwrite) throw new ConfigurationException($"{option}: there is a file '{path}'; name another, or add --overwrite");
        if (inputs.Any(input => Path.GetFullPath(input) == Path.GetFullPath(path))) throw new ConfigurationException($"{option}: '{path}' is read, and would be overwritten; name another file");
        var file = new PredictionFile(Path.GetFullPath(path), overwrite);
        try
        {
            // Only an attempt shows permissions and read-only file systems.
            var probe = file.Temporary();
            File.Create(probe).Dispose();
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(failure is PathTooLongException
                ? $"{option}: '{path}' is too long; name a file with a shorter name"
                : $"{option}: nothing can be created in '{Path.GetDirectoryName(file._path)}'; name another file");
        }

        return file;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="classified">The predictions.</param>
    /// <param name="names">Names of the classes, for CSV; none if they have none.</param>
    public void Write(Classification classified, ImmutableArray<string> names)
    {
        var temporary = Temporary();
        try
        {
            if (_path.EndsWith(Npy, StringComparison.Ordinal)) WriteNpy(temporary, classified);
            else WriteCsv(temporary, classified, names);
            File.Move(temporary, _path, _overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // Not shorter than the file's name, so that a name too long for the file system fails here.
    private string Temporary() => Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.{Path.GetRandomFileName()}");

    private static void WriteNpy(string path, Classification classified)
    {
        var values = new int[2 * classified.Predicted.Length];
        for (var i = 0; i < classified.Predicted.Length; i++) (values[2 * i], values[(2 * i) + 1]) = (classified.Predicted[i], classified.Expert[i]);
        NpyFile.Write<int>(path, values, classified.Predicted.Length, 2);
    }

    private static void WriteCsv(string path, Classification classified, ImmutableArray<string> names)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.Write($"sample,class,expert{(names.IsEmpty ? "" : ",name")}\n");
        for (var i = 0; i < classified.Predicted.Length; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{i},{classified.Predicted[i]},{classified.Expert[i]}{(names.IsEmpty ? "" : $",{Cell(names, classified.Predicted[i])}")}\n"));
    }

    // RFC 4180. A model may have more outputs than classes.
    private static string Cell(ImmutableArray<string> names, int predicted)
    {
        var name = predicted < names.Length ? names[predicted] : "";
        return name.AsSpan().ContainsAny(',', '"') ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
    }
}
