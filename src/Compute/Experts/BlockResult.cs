namespace MoeOrleans.Compute.Experts;

/// <summary>What an expert reports of its samples of a block.</summary>
/// <param name="Loss">Sum of their losses, in sample order.</param>
/// <param name="Hits">Number of samples that were classified correctly.</param>
public readonly record struct BlockResult(double Loss, int Hits);
