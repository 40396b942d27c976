using System.IO.Compression;
using System.Text;

namespace MoeOrleans.Compute.Tests.Data;

/// <summary>Files as other programs write them, byte by byte.</summary>
internal static class RawFiles
{
    /// <summary>A .npy file.</summary>
    public static byte[] Npy(string descr, string shape, byte[] data, bool fortran = false)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. data];
    }

    /// <summary>An IDX file.</summary>
    public static byte[] Idx(byte type, int[] sizes, byte[] data) => [0, 0, type, (byte)sizes.Length, .. sizes.SelectMany(size => BigEndian(BitConverter.GetBytes(size), 4)), .. data];

    /// <summary>A .npz file.</summary>
    public static byte[] Npz(CompressionLevel level, params IEnumerable<(string Name, byte[] Npy)> arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, npy) in arrays)
            {
                using var entry = archive.CreateEntry($"{name}.npy", level).Open();
                entry.Write(npy);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Optimal)) zip.Write(content);
        return stream.ToArray();
    }

    /// <summary>Bytes of numbers in a type of NumPy.</summary>
    public static byte[] Bytes(string descr, IEnumerable<double> values)
    {
        byte[] little = [.. values.SelectMany(value => descr[1..] switch
        {
            "b1" or "u1" => [(byte)value],
            "i1" => [(byte)(sbyte)value],
            "u2" => BitConverter.GetBytes((ushort)value),
            "i2" => BitConverter.GetBytes((short)value),
            "u4" => BitConverter.GetBytes((uint)value),
            "i4" => BitConverter.GetBytes((int)value),
            "u8" => BitConverter.GetBytes((ulong)value),
            "i8" => BitConverter.GetBytes((long)value),
            "f2" => BitConverter.GetBytes((Half)value),
            "f4" => BitConverter.GetBytes((float)value),
            _ => BitConverter.GetBytes(value),
        })];
        return descr[0] == '>' ? BigEndian(little, descr[2] - '0') : little;
    }

    private static byte[] BigEndian(byte[] little, int size) => [.. little.Chunk(size).SelectMany(element => element.Reverse())];
}
