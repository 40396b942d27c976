using ScottPlot;

namespace MoeOrleans.Reports.Figures.Drawing;

/// <summary>How a cluster, an expert or a curve is drawn. Styles differ by colour, and for readers without colour by pattern or marker.</summary>
/// <param name="Color">One of the colours of Okabe and Ito (2008), which the colour-blind can tell apart.</param>
/// <param name="Pattern">Pattern of a line.</param>
/// <param name="Marker">Shape of a point.</param>
internal sealed record SeriesStyle(Color Color, LinePattern Pattern, MarkerShape Marker)
{
    private static readonly Color[] Colors =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"), Color.FromHex("#A8467F"),
        Color.FromHex("#000000"), Color.FromHex("#3C9BD6"), Color.FromHex("#B87A00"), Color.FromHex("#707070"),
    ];

    private static readonly LinePattern[] Patterns =
    [
        LinePattern.Solid, new([7, 3], 0, "dashed"), new([1.5f, 2.5f], 0, "dotted"), new([8, 2.5f, 1.5f, 2.5f], 0, "dash-dotted"),
        new([3, 2], 0, "short-dashed"), new([12, 3], 0, "long-dashed"), new([8, 2, 1.5f, 2, 1.5f, 2], 0, "dash-dot-dotted"), new([1, 4], 0, "wide-dotted"),
    ];

    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.OpenSquare, MarkerShape.FilledTriangleUp, MarkerShape.OpenDiamond,
        MarkerShape.Eks, MarkerShape.OpenTriangleDown, MarkerShape.FilledSquare, MarkerShape.Cross,
    ];

    /// <summary>Grey of reference lines.</summary>
    public static Color Guide { get; } = Color.FromHex("#595959");

    /// <summary>The style of the series with this index, from 0. Colour and pattern repeat with periods of 8 and 7, so 56 differ.</summary>
    public static SeriesStyle Of(int index) =>
        new(Colors[index % Colors.Length], Patterns[index % 8 == index ? index : index % 7], Markers[index % Markers.Length]);
}
