using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using MoeOrleans.Cli.Training.TensorBoard;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;

namespace MoeOrleans.Cli.Training;

/// <summary>
/// The columns of metrics.csv as scalars for TensorBoard, which reads them while the run trains. A run needs no such file: what cannot be
/// written meanwhile is written at the end.
/// </summary>
/// <param name="folder">The folder of the run.</param>
/// <param name="time">The clock.</param>
internal sealed class EventFile(string folder, TimeProvider time) : IDisposable
{
    /// <summary>The file's name. TensorBoard looks for tfevents in it.</summary>
    public const string Name = "events.out.tfevents.moe";

    private const string Version = "brain.Event:2";

    private static readonly string[] s_columns = MetricsFile.Header.Split(',');

    private FileStream? _file;
    private int _written;

    /// <summary>Adds the steps that are new. A restarted run repeats steps with the same values: they are not written again.</summary>
    /// <param name="records">The steps done, from the first.</param>
    public void Update(IReadOnlyList<StepRecord> records)
    {
        try
        {
            Write(records);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // All steps are written anew.
            Close();
        }
    }

    /// <summary>Writes the steps that are missing.</summary>
    /// <param name="records">All steps.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to the folder.</exception>
    public void Complete(IReadOnlyList<StepRecord> records)
    {
        Write(records);
        Close();
    }

    public void Dispose() => Close();

    /// <summary>Deletes the file of an earlier run.</summary>
    /// <param name="folder">The folder.</param>
    public static void Delete(string folder) => File.Delete(Path.Combine(folder, Name));

    /// <summary>The checksum of TensorFlow's records: Castagnoli's, rotated, plus a constant.</summary>
    /// <param name="data">The data.</param>
    internal static uint Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    private void Write(IReadOnlyList<StepRecord> records)
    {
        if (_file is null)
        {
            _file = new FileStream(Path.Combine(folder, Name), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
            Append(new Event { FileVersion = Version });
        }

        for (; _written < records.Count; _written++)
        {
            using var row = new StringWriter(CultureInfo.InvariantCulture);
            MetricsFile.WriteRows(row, [records[_written]]);
            var summary = new Summary();
            // The first column is the step. A step that was not evaluated has no cell for it.
            foreach (var (tag, cell) in s_columns.Zip(row.ToString().TrimEnd().Split(',')).Skip(1).Where(column => column.Second.Length > 0))
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = float.Parse(cell, CultureInfo.InvariantCulture) });
            Append(new Event { Step = records[_written].Step, Summary = summary });
        }

        _file.Flush();
    }

    // A record: its length with a checksum, and its bytes with a checksum.
    private void Append(Event written)
    {
        written.WallTime = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var data = written.ToByteArray();
        Span<byte> length = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(length[sizeof(ulong)..], Checksum(length[..sizeof(ulong)]));
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum(data));
        _file!.Write(length);
        _file.Write(data);
        _file.Write(checksum);
    }

    private void Close()
    {
        var file = _file;
        (_file, _written) = (null, 0);
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // The disk is full: the rest is lost with the stream, and written again.
        }
    }
}
