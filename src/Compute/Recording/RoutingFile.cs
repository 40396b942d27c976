using System.Buffers.Binary;
using System.Security.Cryptography;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Recording;

/// <summary>Reads a record of routing, one step after the other. Every number is checked.</summary>
internal static class RoutingFile
{
    /// <summary>The file of a folder.</summary>
    /// <param name="folder">A folder that 'moe train --record-routing' has written.</param>
    public static string PathIn(string folder) => Path.Combine(folder, RoutingFileHeader.FileName);

    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    /// <exception cref="UnreadableFileException">The file cannot be read.</exception>
    public static string Sha256(string path) => UnreadableFileException.Wrap(path, () =>
    {
        using var stream = RegularFile.Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    });

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="onHeader">Receives the header; may throw to refuse it.</param>
    /// <param name="onStep">Receives every step.</param>
    /// <returns>SHA-256 of the file.</returns>
    /// <exception cref="UnreadableFileException">The file cannot be read, or is damaged.</exception>
    public static string Read(string path, Action<RoutingFileHeader> onHeader, Action<RecordedStep> onStep) => UnreadableFileException.Wrap(path, () =>
    {
        using var file = RegularFile.Open(path);
        using var hash = SHA256.Create();
        using var stream = new CryptoStream(file, hash, CryptoStreamMode.Read);
        var header = RoutingFileHeader.Read(stream, path);
        onHeader(header);
        var (left, before) = (file.Length - RoutingFileHeader.Length, -1L);
        for (var i = 0L; i < header.Steps; i++)
        {
            var step = ReadStep(stream, header, path, ref left);
            if (step.Step <= before) throw Damaged(path, $"step {step.Step} comes after step {before}");
            before = step.Step;
            onStep(step);
        }

        return left == 0 && stream.ReadByte() < 0
            ? Convert.ToHexStringLower(hash.Hash!)
            : throw new UnreadableFileException($"{path}: too long: {left} bytes follow the last of its {header.Steps} steps");
    });

    private static RecordedStep ReadStep(Stream stream, RoutingFileHeader header, string path, ref long left)
    {
        Span<byte> start = stackalloc byte[RoutingFileHeader.StepLength];
        if ((left -= start.Length) < 0) throw Truncated(path);
        stream.ReadExactly(start);
        var (number, count) = (BinaryPrimitives.ReadInt64LittleEndian(start), BinaryPrimitives.ReadInt32LittleEndian(start[8..]));
        if (count < 1 || count > header.Train) throw Damaged(path, $"step {number} has {count} samples of {header.Train}");
        // Checked before, so that a false number cannot cause a huge allocation.
        if ((left -= RoutingFileHeader.BytesOf(count, header.Train)) < 0) throw Truncated(path);
        var samples = count == header.Train ? [.. Enumerable.Range(0, count)] : ElementStream.Read<int>(stream, count);
        var gates = ElementStream.Read<float>(stream, count);
        var experts = ElementStream.Read<ushort>(stream, count);
        for (var i = 0; i < count; i++)
        {
            if (samples[i] < 0 || samples[i] >= header.Train || (i > 0 && samples[i] <= samples[i - 1])) throw Damaged(path, $"step {number} lists sample {samples[i]} out of order");
            if (experts[i] >= header.Experts) throw Damaged(path, $"step {number} has expert {experts[i]} of {header.Experts}");
        }

        return new RecordedStep(number, samples, experts, gates);
    }

    private static UnreadableFileException Truncated(string path) => new($"{path}: truncated: ends within a step");

    private static UnreadableFileException Damaged(string path, string what) => new($"{path}: damaged: {what}");
}
