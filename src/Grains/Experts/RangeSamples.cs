using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Experts;

/// <summary>How many samples of a block range were sent to an expert: one entry of a commit's coverage.</summary>
/// <param name="Range">The range, exactly as it was dispatched.</param>
/// <param name="Samples">The samples, at least one: an expert without samples in a range has no entry for it.</param>
internal readonly record struct RangeSamples(BlockRange Range, int Samples);
