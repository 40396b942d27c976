using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Grains.Lane;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace MoeOrleans.Grains.Wire;

/// <summary>
/// Writes <see cref="WireSamples"/> as their length in bytes, the length of a row, the rows and the labels, all little-endian, each
/// copied once from the data set; reads them into pooled arrays.
/// </summary>
[RegisterSerializer]
internal sealed class WireSamplesCodec : IFieldCodec<WireSamples?>
{
    /// <summary>Longest content accepted, in bytes.</summary>
    public const int MaximumBytes = 1 << 30;

    private const int HeaderBytes = sizeof(int);

    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, WireSamples? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        // Also writes a null.
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!)) return;
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(WireSamples), WireType.LengthPrefixed);
        var inputs = value!.Inputs.Span;
        var labels = value.Labels.Span;
        var indexes = value.Indexes.Span;
        var length = value.RowLength;
        writer.WriteVarUInt32((uint)(HeaderBytes + (SampleBytes(length) * indexes.Length)));
        writer.WriteInt32(length);
        foreach (var index in indexes) writer.Write(LittleEndian.Bytes(inputs.Slice(index * length, length)));
        foreach (var index in indexes) writer.WriteInt32(labels[index]);
    }

    /// <inheritdoc/>
    public WireSamples? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference) return ReferenceCodec.ReadReference<WireSamples, TInput>(ref reader, field);
        if (field.WireType != WireType.LengthPrefixed) throw new InvalidDataException($"Samples were expected, wire type {field.WireType} was sent.");
        var bytes = reader.ReadVarUInt32();
        // No array is rented for a message that is shorter than it announces.
        if (bytes is < HeaderBytes or > MaximumBytes || bytes > reader.Remaining)
            throw new InvalidDataException($"{bytes} bytes of samples were announced and {reader.Remaining} received; {HeaderBytes} to {MaximumBytes} are accepted.");
        var length = reader.ReadInt32();
        var content = bytes - HeaderBytes;
        if (length < 1 || content % SampleBytes(length) != 0) throw new InvalidDataException($"{content} bytes are no samples of {length} elements.");
        var samples = WireSamples.Rent(ArraySource.Shared, (int)(content / SampleBytes(length)), length);
        var inputs = samples.RentedInputs;
        var labels = samples.RentedLabels;
        reader.ReadBytes(MemoryMarshal.AsBytes(inputs));
        reader.ReadBytes(MemoryMarshal.AsBytes(labels));
        if (!BitConverter.IsLittleEndian)
        {
            var swapped = MemoryMarshal.Cast<float, int>(inputs);
            BinaryPrimitives.ReverseEndianness(swapped, swapped);
            BinaryPrimitives.ReverseEndianness(labels, labels);
        }

        ReferenceCodec.RecordObject(reader.Session, samples);
        return samples;
    }

    private static long SampleBytes(int rowLength) => sizeof(int) + (sizeof(float) * (long)rowLength);
}
