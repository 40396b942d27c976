namespace MoeOrleans.Compute;

/// <summary>Version of the numerics: part of every specification's hash.</summary>
internal static class NumericsVersion
{
    /// <summary>
    /// Raised whenever a change alters the bits of any result (a kernel's order of sums, a random stream, an initialisation,
    /// a rounding), so that equal hashes always mean equal bits.
    /// </summary>
    public const int Current = 1;
}
