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
    /// <summary>Validation samples, which no step trains on; null if there are none.</summary>
    public Samples<T>? Validation { get; init; }

    /// <summary>The samples of a set.</summary>
    /// <param name="set">The set.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    internal Samples<T> Of(SampleSet set) => set switch
    {
        SampleSet.Test => Test,
        SampleSet.Validation when Validation is not null => Validation,
        _ => throw new ArgumentException($"The data have no set {set}.", nameof(set)),
    };

    /// <summary>
    /// SHA-256 in lower-case hexadecimal of the little-endian bytes of the training samples' inputs, labels and clusters, then of the
    /// test samples' and, if there are any, the validation samples': equal hashes are equal bits.
    /// </summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var samples in (Samples<T>[])(Validation is null ? [Train, Test] : [Train, Test, Validation]))
        {
            LittleEndian.AppendTo(hash, samples.Inputs.Span);
            LittleEndian.AppendTo<int>(hash, samples.Labels);
            LittleEndian.AppendTo<int>(hash, samples.Cluster);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
