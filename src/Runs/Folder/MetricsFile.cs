using System.Globalization;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Runs.Folder;

/// <summary>metrics.csv: a row for each step, with empty cells where a step has no such number; numbers read back exactly, whatever the machine's language.</summary>
internal static class MetricsFile
{
    // Files of earlier versions have no more.
    private const string FirstColumns = "step,loss,accuracy,entropy,imbalance,computeMilliseconds,dispatchMilliseconds,commitMilliseconds,stepMilliseconds";
    /// <summary>Names of the columns.</summary>
    internal const string Header = $"{FirstColumns},learningRate,gradientNorm,taskLoss,balanceLoss,validationLoss,validationAccuracy,testLoss,testAccuracy";

    /// <summary>Number of rows; -1 if the text is not a complete file.</summary>
    /// <param name="text">The file.</param>
    internal static int Rows(string text) =>
        (text.StartsWith($"{Header}\n", StringComparison.Ordinal) || text.StartsWith($"{FirstColumns}\n", StringComparison.Ordinal)) && text[^1] == '\n' ? text.AsSpan().Count('\n') - 1 : -1;

    /// <summary>Writes the header and the rows.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="records">The steps in order.</param>
    public static void Write(TextWriter writer, IEnumerable<StepRecord> records)
    {
        WriteHeader(writer);
        WriteRows(writer, records);
    }

    /// <summary>Writes the names of the columns.</summary>
    /// <param name="writer">Receives the text.</param>
    // The same bytes on every system: no platform line ends.
    public static void WriteHeader(TextWriter writer) => writer.Write($"{Header}\n");

    /// <summary>Writes a row for each step.</summary>
    /// <param name="writer">Receives the text.</param>
    /// <param name="records">The steps in order.</param>
    public static void WriteRows(TextWriter writer, IEnumerable<StepRecord> records)
    {
        foreach (var r in records)
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{r.Step},{r.Loss:R},{r.Accuracy:R},{r.Entropy:R},{r.Imbalance:R},{r.ComputeMilliseconds:R},{r.DispatchMilliseconds:R},{r.CommitMilliseconds:R},{r.StepMilliseconds:R},{r.LearningRate:R},{r.GradientNorm:R},{r.Loss - r.BalanceLoss:R},{r.BalanceLoss:R},{r.Evaluation?.ValidationLoss:R},{r.Evaluation?.ValidationAccuracy:R},{r.Evaluation?.TestLoss:R},{r.Evaluation?.TestAccuracy:R}\n"));
        }
    }
}
