using System.Numerics;
using System.Security.Cryptography;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Parameters;

/// <summary>All weights of a mixture.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Router">Theta, experts x dim.</param>
/// <param name="Experts">Flat parameters of each expert.</param>
/// <param name="Layout">The tensors of an expert.</param>
public sealed record MixtureWeights<T>(T[] Router, IReadOnlyList<T[]> Experts, ParameterLayout Layout)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What inputs are standardized by before they reach router and experts; null if they are taken as they are.</summary>
    internal Standardization? Standardization { get; init; }

    /// <summary>Every tensor in its form in files, in the order of the hash: the router, then each expert's tensors.</summary>
    public IEnumerable<NamedTensor<T>> Tensors()
    {
        // A model without a router has no router tensor.
        if (Router.Length > 0) yield return new NamedTensor<T>("router.weight", [Experts.Count, Router.Length / Experts.Count], Router);
        for (var m = 0; m < Experts.Count; m++)
        {
            foreach (var tensor in Layout.Tensors)
            {
                var values = new T[tensor.ElementCount];
                tensor.Export<T>(Experts[m], values);
                yield return new NamedTensor<T>($"experts.{m}.{tensor.Name}", tensor.Shape, values);
            }
        }
    }

    /// <summary>Copies the weights.</summary>
    public MixtureWeights<T> Copy() => this with { Router = [.. Router], Experts = [.. Experts.Select(expert => expert.ToArray())] };

    /// <summary>SHA-256 of all tensors' little-endian bytes, in lower-case hexadecimal: equal hashes are equal bits.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in Tensors()) LittleEndian.AppendTo<T>(hash, tensor.Values);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
