using System.Numerics;
using System.Security.Cryptography;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Data;

/// <summary>Training and test samples, and the vectors they were made of.</summary>
/// <typeparam name="T">Element type of the inputs.</typeparam>
/// <param name="Train">Training samples.</param>
/// <param name="Test">Test samples, independent of them.</param>
/// <param name="Signals">The data's signals, or null where they are unknown.</param>
public sealed record Dataset<T>(Samples<T> Train, Samples<T> Test, Signals? Signals)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A mapped file may have more bytes than a span.
    private const int HashedAtOnce = 1 << 20;

    /// <summary>
    /// SHA-256 in lower-case hexadecimal of the little-endian bytes of the training samples' inputs, labels and clusters, then of the
    /// test samples': equal hashes are equal bits.
    /// </summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var samples in (Samples<T>[])[Train, Test])
        {
            for (var start = 0; start < samples.Inputs.Length; start += HashedAtOnce)
                hash.AppendData(LittleEndian.Bytes(samples.Inputs.Span.Slice(start, Math.Min(HashedAtOnce, samples.Inputs.Length - start))));
            hash.AppendData(LittleEndian.Bytes<int>(samples.Labels));
            hash.AppendData(LittleEndian.Bytes<int>(samples.Cluster));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
