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
internal static class RoutingPlaneFigure
{
    private const int MostSamples = 1500;
    // With more clusters, their rays overlap.
    private const int MostClusters = 12;
    private const int MostExperts = 16;
    private const int Width = 960;
    private const int Height = 336;

    /// <param name="run">The run of a mixture.</param>
    /// <param name="id">The figure's id.</param>
    /// <param name="title">The figure's title.</param>
    /// <returns>Null if the run recorded no products, so that the data's signals are not known, or if there are too many clusters.</returns>
    public static Figure? Of(FinishedRun run, string id = "routing-plane", string title = "Data and learned routing in two dimensions")
    {
        var spec = run.Spec;
        var clusters = run.Spec.Data.Clusters;
        if (run.Products.Count == 0 || clusters > MostClusters) return null;
        // Samples are drawn one by one, so a shorter test set begins with the same samples.
        var data = ClusterData.Generate<float>(spec.Data with { Train = 1, Test = Math.Min(spec.Data.Test, MostSamples) });
        var samples = data.Test;
        var served = ServedClusters.Of(run.Summary.DispatchCounts);
        var start = InitialWeights.Of<float>(spec);
        var experts = ShownExperts.Busiest(run.Summary.DispatchCounts, MostExperts);
        var planes = new Planes(samples, new StarCoordinates(data.Signals!), clusters);

        var third = Width / 3;
        (string Name, SeriesStyle)[] names = [.. experts.Select(m => (Invariant($"expert {m}{(served[m] is null ? ", not used" : "")}"), OfExpert(m)))];
        var rows = LegendRow.Rows(2 * third, names.Select(item => item.Name));
        var sheet = new FigureSheet(Width, Height + (rows * LegendRow.Height))
            .Add(planes.ByCluster(), 0, 0, third, Height)
            .Add(ByExpert(run.HasRouterNoise ? "Router at the start, with noise" : "Router at the start", start, RoutePurpose.Evaluate), third, 0, third, Height)
            .Add(ByExpert(run.HasRouterNoise ? "Trained router, without noise" : "Trained router", run.Weights, RoutePurpose.EvaluateWithoutNoise), 2 * third, 0, third, Height)
            .Add(
                LegendRow.Markers(third, Enumerable.Range(0, 2).Select(label => (label == 1 ? "label +1" : "label −1", OfLabel(0, label) with { Color = Colors.Black }))),
                0, Height, third, LegendRow.Height)
            .Add(LegendRow.Markers(2 * third, names), third, Height, 2 * third, rows * LegendRow.Height);
        return sheet.Draw(
            id, title,
            Invariant($"{samples.Count} test samples. A sample stands where the sum of its patches points: along the ray of cluster k by its product with c_k, across it by 0.35 times its product with v_k. Left: the clusters, with the label as marker. Middle and right: the same samples by the expert that the router chooses, before training and after it. An expert has a marker of its own and the colour of the cluster that it mostly serves; so if routing has found the clusters, each ray of the right plot has the colour of the left one.")
            + ShownExperts.Omitted(experts.Length, spec.Model.Experts, "experts", "in the legend the busiest"));

        Plot ByExpert(string heading, MixtureWeights<float> weights, RoutePurpose purpose) =>
            planes.ByExpert(heading, Classification.Of(spec, weights, samples, purpose, 0).Expert, spec.Model.Experts, OfExpert);

        SeriesStyle OfExpert(int m) => SeriesStyle.Of(m) with { Color = served[m] is { } k ? SeriesStyle.Of(k).Color : SeriesStyle.Guide };
    }

    private static SeriesStyle OfLabel(int cluster, int label) => SeriesStyle.Of(cluster) with { Marker = label == 1 ? MarkerShape.Cross : MarkerShape.OpenCircle };

    /// <summary>Draws the same samples at the same places, coloured by cluster or by expert.</summary>
    private sealed class Planes
    {
        private readonly Samples<float> _samples;
        private readonly StarCoordinates _star;
        private readonly int _clusters;
        private readonly Coordinates[] _places;
        private readonly double _reach;

        public Planes(Samples<float> samples, StarCoordinates star, int clusters)
        {
            _samples = samples;
            _star = star;
            _clusters = clusters;
            _places = [.. Enumerable.Range(0, samples.Count).Select(i => star.Of(samples.PatchSums.AsSpan(i * samples.Dim, samples.Dim)))];
            _reach = 1.17 * _places.Max(place => Math.Max(Math.Abs(place.X), Math.Abs(place.Y)));
        }

        public Plot ByCluster()
        {
            var plot = NewPlot("Clusters and labels");
            for (var k = 0; k < _clusters; k++)
            {
                for (var label = 0; label < 2; label++) DrawPoints(plot, i => _samples.Cluster[i] == k && _samples.Labels[i] == label, OfLabel(k, label));
            }

            NameRays(plot);
            return plot;
        }

        public Plot ByExpert(string title, int[] chosen, int experts, Func<int, SeriesStyle> style)
        {
            var plot = NewPlot(title);
            for (var m = 0; m < experts; m++) DrawPoints(plot, i => chosen[i] == m, style(m));
            NameRays(plot);
            return plot;
        }

        private Plot NewPlot(string title)
        {
            var plot = FigurePlot.New(title, "projection, first axis", "projection, second axis");
            plot.Axes.SetLimits(-_reach, _reach, -_reach, _reach);
            // A square: the sheet's panels are as wide as the square and this padding.
            plot.Layout.Fixed(new PixelPadding(58, 14, 48, 26));
            return plot;
        }

        private void DrawPoints(Plot plot, Func<int, bool> which, SeriesStyle style) => FigurePlot.DrawMarkers(plot, [.. _places.Where((_, i) => which(i))], style, 4.5f);

        private void NameRays(Plot plot)
        {
            for (var k = 0; k < _clusters; k++)
            {
                // Near the edge, which samples do not reach; never upside down.
                var (x, y) = _star.Direction(k);
                var degrees = 360f * k / _clusters;
                var upright = degrees is > 90 and < 270 ? degrees - 180 : degrees > 180 ? degrees - 360 : degrees;
                FigurePlot.Write(plot, Invariant($"cluster {k}"), new Coordinates(0.94 * _reach * x, 0.94 * _reach * y), Alignment.MiddleCenter, degrees: upright);
            }
        }
    }
}
