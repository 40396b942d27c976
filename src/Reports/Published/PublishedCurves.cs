using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Reports.Published;

/// <summary>
/// The authors' recorded dispatch entropy (<see cref="PublishedSource.Official"/>, entropy_change: noise drawn once, each
/// tensor's gradient divided by its own norm, no early stop), at the listed epochs, rounded to three decimals.
/// </summary>
internal static class PublishedCurves
{
    /// <summary>A listed number is at most this far from what was recorded.</summary>
    public const double Rounding = 0.0005;

    public static IReadOnlyList<PublishedCurve> All { get; } =
    [
        new("1", Activation.Cubic,
        [
            new(0, 1.386, 0.000), new(25, 1.376, 0.002), new(50, 0.705, 0.115), new(100, 0.234, 0.090),
            new(150, 0.118, 0.046), new(200, 0.120, 0.058), new(250, 0.126, 0.062), new(300, 0.130, 0.062),
            new(350, 0.132, 0.062), new(400, 0.133, 0.061), new(450, 0.134, 0.061), new(500, 0.135, 0.061),
        ]),
        new("1", Activation.Linear,
        [
            new(0, 1.386, 0.000), new(25, 1.258, 0.033), new(50, 1.188, 0.059), new(100, 1.219, 0.053),
            new(150, 1.240, 0.045), new(200, 1.254, 0.040), new(250, 1.263, 0.038), new(300, 1.270, 0.036),
            new(350, 1.275, 0.035), new(400, 1.278, 0.034), new(450, 1.282, 0.034), new(500, 1.285, 0.033),
        ]),
        new("2", Activation.Cubic,
        [
            new(0, 1.385, 0.000), new(25, 1.377, 0.001), new(50, 0.720, 0.061), new(100, 0.278, 0.063),
            new(150, 0.215, 0.040), new(200, 0.220, 0.047), new(250, 0.230, 0.052), new(300, 0.237, 0.054),
            new(350, 0.243, 0.057), new(400, 0.248, 0.059), new(450, 0.252, 0.061), new(500, 0.257, 0.063),
        ]),
        new("2", Activation.Linear,
        [
            new(0, 1.385, 0.000), new(25, 1.214, 0.043), new(50, 1.123, 0.064), new(100, 1.135, 0.069),
            new(150, 1.145, 0.067), new(200, 1.154, 0.064), new(250, 1.161, 0.061), new(300, 1.168, 0.059),
            new(350, 1.174, 0.057), new(400, 1.180, 0.055), new(450, 1.186, 0.053), new(500, 1.191, 0.050),
        ]),
    ];

    /// <summary>The curve of a mixture; null if none is published.</summary>
    /// <param name="setting">The data setting.</param>
    /// <param name="activation">The mixture's activation.</param>
    public static PublishedCurve? Find(string setting, Activation activation) =>
        All.FirstOrDefault(curve => curve.Setting == setting && curve.Activation == activation);
}
