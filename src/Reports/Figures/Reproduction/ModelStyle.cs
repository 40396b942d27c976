using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures.Drawing;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>The same look for a kind of model in all figures of a reproduction: nonlinear like this, linear like that.</summary>
internal static class ModelStyle
{
    /// <summary>The look of an activation.</summary>
    /// <param name="activation">The activation.</param>
    public static SeriesStyle Of(Activation activation) => SeriesStyle.Of(activation switch
    {
        Activation.Cubic => 0,
        Activation.Linear => 1,
        Activation.Relu => 2,
        Activation.Celu => 3,
        Activation.Gelu => 5,
        _ => 6,
    });

    /// <summary>The look of published values.</summary>
    public static SeriesStyle Published { get; } = SeriesStyle.Of(4) with { Marker = ScottPlot.MarkerShape.OpenDiamond };
}
