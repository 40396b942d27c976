using System.Numerics;
using System.Security.Cryptography;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Data;

/// <summary>Training and test samples, and the signals of generated data.</summary>
/// <typeparam name="T">Element type of the inputs.</typeparam>
/// <param name="Train">Training samples.</param>
/// <param name="Test">Test samples, independent of the training samples.</param>
/// <param name="Signals">The data's signals, or null if they are unknown.</param>
public sealed record Dataset<T>(Samples<T> Train, Samples<T> Test, Signals? Signals)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// SHA-256 in lower-case hexadecimal of the little-endian bytes of the training samples' inputs, labels and clusters, then of the
    /// test samples': equal hashes are equal bits.
    /// </summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var samples in (Samples<T>[])[Train, Test])
        {
            LittleEndian.AppendTo(hash, samples.Inputs.Span);
            LittleEndian.AppendTo<int>(hash, samples.Labels);
            LittleEndian.AppendTo<int>(hash, samples.Cluster);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
