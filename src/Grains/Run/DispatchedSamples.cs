namespace MoeOrleans.Grains.Run;

/// <summary>Where an expert finds the samples of a dispatch: in the data set, or in the rows it was sent.</summary>
/// <param name="Inputs">Samples x patches x dim.</param>
/// <param name="Labels">Class of each sample of <paramref name="Inputs"/>.</param>
/// <param name="Indexes">Which of them, in order.</param>
internal readonly record struct DispatchedSamples(ReadOnlyMemory<float> Inputs, ReadOnlyMemory<int> Labels, ReadOnlyMemory<int> Indexes);
