using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Coordinator.Training;

/// <summary>Step records as plain numbers: 64 bytes a step, so that those of a million steps fit into one message.</summary>
internal static class RecordColumns
{
    /// <summary>Numbers of a record; its step is its place.</summary>
    public const int Width = 8;

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
                record.ComputeMilliseconds, record.DispatchMilliseconds, record.CommitMilliseconds, record.StepMilliseconds,
            ];
            row.CopyTo(numbers.AsSpan(at));
            at += Width;
        }

        return new WireTensor<double>(numbers);
    }

    /// <summary>The records of numbers.</summary>
    /// <param name="numbers">What <see cref="Of"/> made.</param>
    public static StepRecord[] ToRecords(WireTensor<double> numbers)
    {
        var records = new StepRecord[numbers.Length / Width];
        for (var step = 0; step < records.Length; step++)
        {
            var row = numbers.Span.Slice(step * Width, Width);
            records[step] = new StepRecord(step, row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]);
        }

        return records;
    }
}
