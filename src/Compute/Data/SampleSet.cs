namespace MoeOrleans.Compute.Data;

/// <summary>The sets of samples that are evaluated.</summary>
internal enum SampleSet
{
    /// <summary>The test samples.</summary>
    Test = 0,

    /// <summary>The validation samples.</summary>
    Validation = 1,
}
