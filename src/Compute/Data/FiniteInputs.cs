using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>Refuses inputs that are not finite.</summary>
internal static class FiniteInputs
{
    /// <summary>The samples, once checked.</summary>
    /// <param name="form">Where they are from.</param>
    /// <param name="set">train, test or val.</param>
    /// <param name="samples">The samples.</param>
    /// <exception cref="DataFileException">A number is not finite.</exception>
    public static SampleFiles Of(ISampleForm form, string set, SampleFiles samples)
    {
        var values = samples.Inputs.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i])) continue;
            var patch = i / samples.Dim;
            // A larger number of float64 is infinite as float32.
            var mend = float.IsNaN(values[i]) ? "replace it, such as with numpy.nan_to_num, or leave the sample out" : "divide the inputs if they are too large for float32; otherwise replace it, or leave the sample out";
            throw new DataFileException(
                $"{form.Name(set, "x")}: numbers must be finite as float32, got {SpecField.Format((double)values[i])} in sample {patch / samples.Patches}, patch {patch % samples.Patches}, element {i % samples.Dim}; {mend}");
        }

        return samples;
    }
}
