namespace MoeOrleans.Compute.Experts;

/// <summary>What an expert says of its samples of a block.</summary>
/// <param name="Loss">Sum of their losses, in sample order.</param>
/// <param name="Hits">How many were classified rightly.</param>
public readonly record struct LeafOutcome(double Loss, int Hits);
