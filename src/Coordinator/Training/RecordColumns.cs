using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Training;

/// <summary>Step records as plain numbers: 64 bytes a step, so that those of a million steps fit into one message. Times are kept to seven digits.</summary>
internal static class RecordColumns
{
    /// <summary>Numbers of a record; its step is its place, and its learning rate follows from the schedule.</summary>
    public const int Width = 8;

    /// <summary>Numbers of an evaluation.</summary>
    public const int EvaluationWidth = 5;

    /// <summary>The numbers of records.</summary>
    /// <param name="records">A record for each step, from step 0.</param>
    public static WireTensor<double> Of(IReadOnlyCollection<StepRecord> records)
    {
        var numbers = new double[records.Count * Width];
        var at = 0;
        foreach (var record in records)
        {
            ReadOnlySpan<double> row =
            [
                record.Loss, record.Accuracy, record.Entropy, record.Imbalance,
                Pair(record.ComputeMilliseconds, record.DispatchMilliseconds), Pair(record.CommitMilliseconds, record.StepMilliseconds), record.GradientNorm ?? double.NaN, record.BalanceLoss,
            ];
            row.CopyTo(numbers.AsSpan(at));
            at += Width;
        }

        return new WireTensor<double>(numbers);
    }

    /// <summary>The numbers of the records' evaluations, each with its step.</summary>
    /// <param name="records">A record for each step, from step 0.</param>
    public static WireTensor<double> OfEvaluations(IEnumerable<StepRecord> records) => new(
        [.. from record in records where record.Evaluation is not null from number in Row(record.Step, record.Evaluation!) select number]);

    /// <summary>The records of numbers.</summary>
    /// <param name="numbers">What <see cref="Of"/> made.</param>
    /// <param name="evaluations">What <see cref="OfEvaluations"/> made; null for none.</param>
    /// <param name="training">The schedule of the learning rate.</param>
    public static StepRecord[] ToRecords(WireTensor<double> numbers, WireTensor<double>? evaluations, TrainingSpec training)
    {
        var records = new StepRecord[numbers.Length / Width];
        for (var step = 0; step < records.Length; step++)
        {
            var row = numbers.Span.Slice(step * Width, Width);
            var ((compute, dispatch), (commit, whole)) = (Parts(row[4]), Parts(row[5]));
            records[step] = new StepRecord(step, row[0], row[1], row[2], row[3], compute, dispatch, commit, whole)
            {
                LearningRate = LearningRate.At(training.Expert, training, step).Rate,
                GradientNorm = OrNull(row[6]),
                BalanceLoss = row[7],
            };
        }

        for (var at = 0; at < evaluations?.Length; at += EvaluationWidth)
        {
            var row = evaluations.Span.Slice(at, EvaluationWidth);
            var step = (int)row[0];
            records[step] = records[step] with { Evaluation = new EvaluationRecord(OrNull(row[1]), OrNull(row[2]), row[3], row[4]) };
        }

        return records;
    }

    private static double[] Row(long step, EvaluationRecord of) => [step, of.ValidationLoss ?? double.NaN, of.ValidationAccuracy ?? double.NaN, of.TestLoss, of.TestAccuracy];

    private static double Pair(double high, double low) =>
        BitConverter.UInt64BitsToDouble(((ulong)BitConverter.SingleToUInt32Bits((float)high) << 32) | BitConverter.SingleToUInt32Bits((float)low));

    private static (double High, double Low) Parts(double pair)
    {
        var bits = BitConverter.DoubleToUInt64Bits(pair);
        return (BitConverter.UInt32BitsToSingle((uint)(bits >> 32)), BitConverter.UInt32BitsToSingle((uint)bits));
    }

    private static double? OrNull(double number) => double.IsNaN(number) ? null : number;
}
