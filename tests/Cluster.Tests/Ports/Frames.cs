using System.Buffers.Binary;

namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>What a connection sends: its preamble, then frames of a header and a body, each with their lengths in front.</summary>
/// <param name="Preamble">The preamble and its length.</param>
/// <param name="Messages">The frames.</param>
internal sealed record Frames(byte[] Preamble, IReadOnlyList<byte[]> Messages)
{
    /// <summary>Of the length of a preamble, of a header and of a body.</summary>
    private const int LengthBytes = 4;

    /// <summary>Cuts what was recorded; null if its preamble is incomplete.</summary>
    public static Frames? Of(byte[] bytes)
    {
        if (Length(bytes, 0) is not { } preamble || preamble + LengthBytes > bytes.Length) return null;
        var messages = new List<byte[]>();
        var at = LengthBytes + preamble;
        while (Length(bytes, at) is { } header && Length(bytes, at + LengthBytes) is { } body)
        {
            var end = at + (2L * LengthBytes) + header + body;
            if (end > bytes.Length) break;
            messages.Add(bytes[at..(int)end]);
            at = (int)end;
        }

        return new Frames(bytes[..(LengthBytes + preamble)], messages);
    }

    /// <summary>Whether a frame is one between Orleans' own services, such as its membership and its grain directory.</summary>
    public static bool IsOfOrleans(byte[] frame) => frame.AsSpan(2 * LengthBytes, Length(frame, 0)!.Value).IndexOf("sys.svc"u8) >= 0;

    /// <summary>A frame once for each bit of its flags, with that bit changed. Orleans' header begins with them.</summary>
    public static IEnumerable<byte[]> WithChangedFlags(byte[] frame) => Enumerable.Range(0, 32).Select(bit =>
    {
        var altered = (byte[])frame.Clone();
        altered[(2 * LengthBytes) + (bit / 8)] ^= (byte)(1 << (bit % 8));
        return altered;
    });

    /// <summary>The first bytes of a frame.</summary>
    public static byte[] Announce(int header, int body)
    {
        var lengths = new byte[2 * LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, header);
        BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(LengthBytes), body);
        return lengths;
    }

    private static int? Length(byte[] bytes, int at) => at + LengthBytes > bytes.Length ? null : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
}
