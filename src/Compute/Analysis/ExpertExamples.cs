using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Analysis;

/// <summary>Samples that the router sends to each expert, as images.</summary>
/// <param name="Side">Width and height of an image in pixels.</param>
/// <param name="Images">Experts x examples x pixels, each from 0 (the least number) to 1. An expert without samples has none.</param>
internal sealed record ExpertExamples(int Side, float[][][] Images)
{
    /// <summary>Most examples of an expert.</summary>
    public const int Most = 12;

    private const int SmallestSide = 8;
    private const int LargestSide = 256;

    /// <summary>Chooses examples, evenly spaced among the samples of each expert.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="expert">The expert of each sample.</param>
    /// <param name="experts">Number of experts M.</param>
    /// <param name="standardization">What was done to the samples' numbers; null if nothing was.</param>
    /// <returns>Null if a sample is no square image of one channel.</returns>
    public static ExpertExamples? Of(Samples<float> samples, int[] expert, int experts, Standardization? standardization)
    {
        var side = (int)Math.Round(Math.Sqrt(samples.Dim));
        if (samples.Patches > 1 || side * side != samples.Dim || side is < SmallestSide or > LargestSide) return null;
        var chosen = new int[experts][];
        for (var m = 0; m < experts; m++)
        {
            int[] own = [.. Enumerable.Range(0, samples.Count).Where(i => expert[i] == m)];
            var count = Math.Min(Most, own.Length);
            chosen[m] = [.. Enumerable.Range(0, count).Select(k => own[(int)((long)k * own.Length / count)])];
        }

        float[][][] images = [.. chosen.Select(own => own.Select(Pixels).ToArray())];
        var (low, high) = (images.Min(own => own.Min(image => (float?)image.Min())) ?? 0, images.Max(own => own.Max(image => (float?)image.Max())) ?? 0);
        var scale = high > low ? 1 / (high - low) : 0;
        return new ExpertExamples(side, [.. images.Select(own => own.Select(image => Array.ConvertAll(image, pixel => (pixel - low) * scale)).ToArray())]);

        float[] Pixels(int sample)
        {
            var pixels = samples.Inputs.Span.Slice(sample * samples.Dim, samples.Dim).ToArray();
            if (standardization is null) return pixels;
            for (var k = 0; k < pixels.Length; k++) pixels[k] = (pixels[k] * standardization.Deviation[k]) + standardization.Mean[k];
            return pixels;
        }
    }
}
