using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data.Info;

/// <summary>A set of samples.</summary>
/// <param name="Set">train or test.</param>
/// <param name="Arrays">The arrays that it comes from.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="Patches">Patches a sample.</param>
/// <param name="Dim">Numbers a patch.</param>
/// <param name="Min">The smallest input that is finite, after conversion.</param>
/// <param name="Max">The largest one.</param>
/// <param name="Mean">The mean of the finite inputs.</param>
/// <param name="NotFinite">Inputs that are not finite.</param>
/// <param name="FirstNotFinite">The first sample with such an input; null if there is none.</param>
internal sealed record SetInfo(
    string Set, ImmutableArray<ArrayInfo> Arrays, int Samples, int Patches, int Dim, double Min, double Max, double Mean, long NotFinite, int? FirstNotFinite)
{
    /// <summary>Describes a set.</summary>
    public static SetInfo Of(string set, SampleFiles files)
    {
        var (min, max, sum, notFinite, first) = (double.PositiveInfinity, double.NegativeInfinity, 0.0, 0L, (int?)null);
        var values = files.Inputs.Span;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]))
            {
                (min, max, sum) = (Math.Min(min, values[i]), Math.Max(max, values[i]), sum + values[i]);
                continue;
            }

            notFinite++;
            first ??= i / (files.Patches * files.Dim);
        }

        return new SetInfo(set, files.Arrays, files.Count, files.Patches, files.Dim, min, max, sum / Math.Max(1, values.Length - notFinite), notFinite, first);
    }
}
