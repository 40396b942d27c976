using MoeOrleans.Compute.Activations;
using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>The look of each activation, the same in all figures of a reproduction.</summary>
internal static class ModelStyle
{
    // Index of the style that published values have.
    private const int PublishedStyle = 4;

    // The paper's activations keep their looks when another one is registered.
    private static readonly Activation[] s_order =
    [
        PublishedActivations.Nonlinear, .. PublishedActivations.OfSingleModels.Where(activation => activation != PublishedActivations.Nonlinear),
        .. Activation.All.Except(PublishedActivations.OfSingleModels),
    ];

    public static SeriesStyle Of(Activation activation)
    {
        var index = Array.IndexOf(s_order, activation);
        return SeriesStyle.Of(index < PublishedStyle ? index : index + 1);
    }

    /// <summary>The look of published values.</summary>
    public static SeriesStyle Published { get; } = SeriesStyle.Of(PublishedStyle) with { Marker = ScottPlot.MarkerShape.OpenDiamond };
}
