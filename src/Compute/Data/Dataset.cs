using System.Numerics;

namespace MoeOrleans.Compute.Data;

/// <summary>Training and test samples, and the vectors they were made of.</summary>
/// <typeparam name="T">Element type of the inputs.</typeparam>
/// <param name="Train">Training samples.</param>
/// <param name="Test">Test samples, independent of them.</param>
/// <param name="Signals">The data's signals, or null where they are unknown.</param>
public sealed record Dataset<T>(Samples<T> Train, Samples<T> Test, Signals? Signals)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
