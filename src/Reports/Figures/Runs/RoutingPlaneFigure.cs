using MoeOrleans.Compute.Analysis;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Figures.Drawing;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>Test samples in two dimensions: their clusters and labels, and the experts that the router sends them to.</summary>
public static class RoutingPlaneFigure
{
    private const int MostSamples = 1500;
    // More directions than these run into each other.
    private const int MostClusters = 12;
    private const int MostExperts = 16;
    private const int Width = 960;
    private const int Height = 336;

    /// <summary>Draws it. The data are made anew from the specification.</summary>
    /// <param name="run">The run of a mixture.</param>
    /// <returns>Null where no products were recorded: the data's signals are not known; and where there are too many clusters.</returns>
    public static Figure? Of(FinishedRun run) => Of(run, "routing-plane", "Data and learned routing in two dimensions");

    /// <summary>Draws it as one of several on a page.</summary>
    /// <param name="run">The run of a mixture.</param>
    /// <param name="id">Its id.</param>
    /// <param name="title">Its title.</param>
    /// <returns>As above.</returns>
    public static Figure? Of(FinishedRun run, string id, string title)
    {
        var (spec, clusters) = (run.Spec, run.Spec.Data.Clusters);
        if (run.Products.Count == 0 || clusters > MostClusters) return null;
        // Samples are drawn one by one, so the first of the test set are the same in a shorter one.
        var data = ClusterData.Generate<float>(spec.Data with { Train = 1, Test = Math.Min(spec.Data.Test, MostSamples) });
        var (samples, star) = (data.Test, new StarCoordinates(data.Signals!));
        Coordinates[] places = [.. Enumerable.Range(0, samples.Count).Select(i => star.Of(samples.PatchSums.AsSpan(i * samples.Dim, samples.Dim)))];
        var reach = 1.17 * places.Max(place => Math.Max(Math.Abs(place.X), Math.Abs(place.Y)));
        var served = ServedClusters.Of(run.Summary.DispatchCounts);
        var start = InitialWeights.Draw<float>(spec, samples.Dim, samples.Patches);
        var experts = ShownExperts.Busiest(run.Summary.DispatchCounts, MostExperts);

        var third = Width / 3;
        (string Name, SeriesStyle)[] names = [.. experts.Select(m => (Invariant($"expert {m}{(served[m] is null ? ", not used" : "")}"), OfExpert(m)))];
        var rows = LegendRow.Rows(2 * third, names.Select(item => item.Name));
        var sheet = new FigureSheet(Width, Height + (rows * LegendRow.Height))
            .Add(ByCluster(), 0, 0, third, Height)
            .Add(ByExpert("Router at the start, with noise", Chosen(start, RoutePurpose.Evaluate)), third, 0, third, Height)
            .Add(ByExpert("Trained router, without noise", Chosen(run.Weights, RoutePurpose.EvaluateWithoutNoise)), 2 * third, 0, third, Height)
            .Add(
                LegendRow.Markers(third, Enumerable.Range(0, 2).Select(label => (label == 1 ? "label +1" : "label −1", OfLabel(0, label) with { Color = Colors.Black }))),
                0, Height, third, LegendRow.Height)
            .Add(LegendRow.Markers(2 * third, names), third, Height, 2 * third, rows * LegendRow.Height);
        return sheet.Draw(
            id, title,
            Invariant($"{samples.Count} test samples. A sample stands where the sum of its patches points: along the ray of cluster k by its product with c_k, across it by 0.35 times its product with v_k. Left: the clusters, with the label as marker. Middle and right: the same samples by the expert that the router chooses, before training and after it. An expert has a marker of its own and the colour of the cluster that it mostly serves; so where routing has found the clusters, each ray of the right plot has the colour of the left one.")
            + ShownExperts.Omitted(experts.Length, spec.Model.Experts, "experts", "in the legend the busiest"));

        int[] Chosen(MixtureWeights<float> weights, RoutePurpose purpose) => Classification.Of(spec, weights, samples, purpose, 0).Expert;

        SeriesStyle OfExpert(int m) => SeriesStyle.Of(m) with { Color = served[m] is { } k ? SeriesStyle.Of(k).Color : SeriesStyle.Guide };

        Plot ByCluster()
        {
            var plot = Plane("Clusters and labels");
            for (var k = 0; k < clusters; k++)
            {
                for (var label = 0; label < 2; label++) Points(plot, i => samples.Cluster[i] == k && samples.Labels[i] == label, OfLabel(k, label));
            }

            NameRays(plot);
            return plot;
        }

        Plot ByExpert(string title, int[] chosen)
        {
            var plot = Plane(title);
            for (var m = 0; m < spec.Model.Experts; m++) Points(plot, i => chosen[i] == m, OfExpert(m));
            NameRays(plot);
            return plot;
        }

        Plot Plane(string title)
        {
            var plot = FigurePlot.New(title, "projection, first axis", "projection, second axis");
            plot.Axes.SetLimits(-reach, reach, -reach, reach);
            // A square: the sheet's panels are as wide as this and the padding.
            plot.Layout.Fixed(new PixelPadding(58, 14, 48, 26));
            return plot;
        }

        void Points(Plot plot, Func<int, bool> which, SeriesStyle style) => FigurePlot.Markers(plot, [.. places.Where((_, i) => which(i))], style, 4.5f);

        void NameRays(Plot plot)
        {
            for (var k = 0; k < clusters; k++)
            {
                // Along the edge, where there are no samples; never upside down.
                var (x, y) = star.Direction(k);
                var degrees = 360f * k / clusters;
                var upright = degrees is > 90 and < 270 ? degrees - 180 : degrees > 180 ? degrees - 360 : degrees;
                FigurePlot.Write(plot, Invariant($"cluster {k}"), 0.94 * reach * x, 0.94 * reach * y, Alignment.MiddleCenter, degrees: upright);
            }
        }
    }

    private static SeriesStyle OfLabel(int cluster, int label) => SeriesStyle.Of(cluster) with { Marker = label == 1 ? MarkerShape.Cross : MarkerShape.OpenCircle };
}
