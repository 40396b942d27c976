using System.Collections.Immutable;

namespace MoeOrleans.Compute.Experts;

/// <summary>What <c>moe bench</c> measures a kind of expert on.</summary>
/// <param name="Samples">Random samples of this size; null for the data of the specification.</param>
/// <param name="KernelExperts">Numbers of experts for the kernels.</param>
/// <param name="StepExperts">Numbers of experts for the step.</param>
/// <param name="Experts">Numbers of experts for the comparison of such numbers.</param>
/// <param name="QuickExperts">The same if the measurement is to be quick.</param>
/// <param name="Specialises">Whether experts specialise on the data within 120 steps, so that steps are measured after it too.</param>
public sealed record BenchWorkload(
    RandomSamples? Samples,
    ImmutableArray<int> KernelExperts,
    ImmutableArray<int> StepExperts,
    ImmutableArray<int> Experts,
    ImmutableArray<int> QuickExperts,
    bool Specialises)
{
    /// <summary>The paper's setting 1, for small experts.</summary>
    public static BenchWorkload SettingOne { get; } = new(null, [8, 64, 512], [8, 64], [8, 16, 32, 64, 128, 256, 512], [8, 64, 512], Specialises: true);
}

/// <summary>Sizes of random samples; speed does not depend on what samples hold.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Dim">Elements of a sample, which has one patch.</param>
/// <param name="Train">Training samples.</param>
/// <param name="Test">Test samples.</param>
/// <param name="Minibatch">Samples of a step.</param>
public sealed record RandomSamples(int Classes, int Dim, int Train, int Test, int Minibatch);
