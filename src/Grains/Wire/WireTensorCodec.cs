using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MoeOrleans.Compute.Numerics;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace MoeOrleans.Grains.Wire;

/// <summary>
/// Writes a <see cref="WireTensor{T}"/> as its length in bytes and its little-endian bytes, in one copy. (The default codec
/// of an array encodes element by element.)
/// </summary>
/// <typeparam name="T">An unmanaged number type.</typeparam>
[RegisterSerializer]
internal sealed class WireTensorCodec<T> : IFieldCodec<WireTensor<T>?>
    where T : unmanaged
{
    /// <summary>Longest tensor accepted, in bytes: an announced length alone allocates no more.</summary>
    public const int MaximumBytes = 1 << 30;

    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, WireTensor<T>? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        // Also writes a null.
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!)) return;
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(WireTensor<T>), WireType.LengthPrefixed);
        var bytes = LittleEndian.Bytes(value!.Span);
        writer.WriteVarUInt32((uint)bytes.Length);
        writer.Write(bytes);
    }

    /// <inheritdoc/>
    public WireTensor<T>? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference) return ReferenceCodec.ReadReference<WireTensor<T>, TInput>(ref reader, field);
        if (field.WireType != WireType.LengthPrefixed) throw new InvalidDataException($"A tensor was expected, wire type {field.WireType} was sent.");
        var length = reader.ReadVarUInt32();
        if (length > MaximumBytes || length % (uint)Unsafe.SizeOf<T>() != 0)
            throw new InvalidDataException($"{length} bytes are no tensor of {typeof(T).Name}; at most {MaximumBytes} bytes, in whole elements.");
        // The message is here as a whole: one that is shorter than it announces fails before it costs memory.
        if (length > reader.Remaining) throw new InvalidDataException($"A tensor of {length} bytes was announced, and {reader.Remaining} follow.");
        var values = GC.AllocateUninitializedArray<T>((int)length / Unsafe.SizeOf<T>());
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        reader.ReadBytes(bytes);
        if (!BitConverter.IsLittleEndian)
        {
            for (var start = 0; start < bytes.Length; start += Unsafe.SizeOf<T>()) bytes.Slice(start, Unsafe.SizeOf<T>()).Reverse();
        }

        var tensor = new WireTensor<T>(values);
        ReferenceCodec.RecordObject(reader.Session, tensor);
        return tensor;
    }
}
