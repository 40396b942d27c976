using System.Globalization;
using System.Text;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Evaluation;

/// <summary>
/// The predicted class and the expert of each sample, as .npy (samples x 2, int32; float32 with more columns) or .csv. The file is never half
/// written.
/// </summary>
internal sealed class PredictionFile
{
    private const string Npy = ".npy";
    private const string Csv = ".csv";

    private const int MaxNumbers = 1 << 30;

    private readonly OutputFile _file;

    private PredictionFile(OutputFile file) => _file = file;

    /// <summary>Checks, before anything is computed, that the file can be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether the file may exist.</param>
    /// <param name="option">The option that names it: errors begin with it.</param>
    /// <param name="inputs">Files that are read: they are never overwritten.</param>
    public static PredictionFile Open(string path, bool overwrite, string option, params IEnumerable<string> inputs)
    {
        if (Path.GetExtension(path) is not (Npy or Csv)) throw new ConfigurationException($"{option}: must end with {Npy} or {Csv}, got '{path}'");
        return new PredictionFile(OutputFile.Open(path, overwrite, option, inputs));
    }

    /// <summary>Writes the file.</summary>
    /// <param name="predictions">The predictions.</param>
    public void Write(Predictions predictions) => _file.Write(path =>
    {
        if (_file.Path.EndsWith(Npy, StringComparison.Ordinal)) WriteNpy(path, predictions);
        else WriteCsv(path, predictions);
    });

    private static void WriteNpy(string path, Predictions predictions)
    {
        var (classes, experts) = (predictions.Classified.Predicted, predictions.Classified.Expert);
        var width = 2 + predictions.ExtraCount;
        if (width == 2)
        {
            NpyFile.Write<int>(path, [.. classes.Zip(experts).SelectMany(pair => (int[])[pair.First, pair.Second])], classes.Length, 2);
            return;
        }

        if ((long)width * classes.Length > MaxNumbers) throw new ConfigurationException($"--output: a .npy file holds at most {MaxNumbers} numbers, got {classes.Length} samples x {width} columns; choose .csv");
        var values = new float[width * classes.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            var row = values.AsSpan(i * width, width);
            (row[0], row[1]) = (classes[i], experts[i]);
            predictions.WriteExtra(i, row[2..]);
        }

        NpyFile.Write<float>(path, values, classes.Length, width);
    }

    private static void WriteCsv(string path, Predictions predictions)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var (classified, names) = (predictions.Classified, predictions.ClassNames);
        writer.Write($"sample,class,expert{(names.IsEmpty ? "" : ",name")}");
        foreach (var name in predictions.ExtraNames) writer.Write($",{Cell(name)}");
        writer.Write('\n');
        var extra = new float[predictions.ExtraCount];
        for (var i = 0; i < classified.Predicted.Length; i++)
        {
            // A model may have more outputs than classes.
            var (predicted, name) = (classified.Predicted[i], names.IsEmpty ? "" : $",{Cell(names.ElementAtOrDefault(classified.Predicted[i]) ?? "")}");
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{i},{predicted},{classified.Expert[i]}{name}"));
            predictions.WriteExtra(i, extra);
            foreach (var value in extra) writer.Write(string.Create(CultureInfo.InvariantCulture, $",{value:R}"));
            writer.Write('\n');
        }
    }

    // RFC 4180.
    private static string Cell(string text) => text.AsSpan().ContainsAny(',', '"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
