using System.Buffers.Binary;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Recording;

/// <summary>The header of a record of routing (docs/routing.md).</summary>
/// <param name="Experts">Number of experts.</param>
/// <param name="Train">Number of training samples.</param>
/// <param name="Steps">Number of recorded steps.</param>
/// <param name="SpecHash">Hash of the specification of the run.</param>
internal sealed record RoutingFileHeader(int Experts, int Train, long Steps, string SpecHash)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 64;

    /// <summary>Bytes before the numbers of a step: the step (8), its samples (4), and 4 that are zero.</summary>
    public const int StepLength = 16;

    /// <summary>Version of the format.</summary>
    public const int Format = 1;

    /// <summary>The file of the numbers.</summary>
    public const string FileName = "routing.bin";

    /// <summary>The index of the file, for scripts.</summary>
    public const string IndexName = "routing.json";

    private const int HashBytes = 32;

    private static ReadOnlySpan<byte> Magic => "MOEROUTE"u8;

    /// <summary>Bytes of the numbers of a step.</summary>
    /// <param name="samples">Samples of the step.</param>
    /// <param name="train">Number of training samples: a step of all of them does not list them.</param>
    public static long BytesOf(int samples, int train) => ((samples == train ? 0L : sizeof(int)) + sizeof(float) + sizeof(ushort)) * samples;

    /// <summary>Writes the header.</summary>
    public void Write(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Experts);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], Train);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Steps);
        Convert.FromHexString(SpecHash).CopyTo(bytes[32..]);
        stream.Write(bytes);
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="UnreadableFileException">It is not the header of a record of routing.</exception>
    public static RoutingFileHeader Read(Stream stream, string path)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (stream.ReadAtLeast(bytes, Length, throwOnEndOfStream: false) < Length || !bytes.StartsWith(Magic))
            throw new UnreadableFileException($"{path}: no record of routing: must begin with MOEROUTE");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) is not Format and var format)
            throw new UnreadableFileException($"{path}: is of format {format}; this version reads format {Format}");
        var header = new RoutingFileHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            Convert.ToHexStringLower(bytes.Slice(32, HashBytes)));
        return header is { Experts: >= 1 and <= ushort.MaxValue, Train: >= 1, Steps: >= 0 }
            ? header
            : throw new UnreadableFileException($"{path}: damaged: {header.Experts} experts, {header.Train} training samples, {header.Steps} steps");
    }
}
