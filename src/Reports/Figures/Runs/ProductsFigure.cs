using System.Globalization;
using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Runs.Records;
using ScottPlot;
using static System.FormattableString;

namespace MoeOrleans.Reports.Figures.Runs;

/// <summary>
/// Products of weights and the data's signals over the steps, a small plot for each expert and kind of signal, a line for each
/// cluster.
/// </summary>
internal static class ProductsFigure
{
    private const int MostExperts = 8;
    private const int MostClusters = 8;
    private const int Columns = 4;
    private const int Width = 960;
    private const int AxisWidth = 62;
    private const int PanelHeight = 150;
    private const int HeadHeight = 34;
    private const int StepHeight = 24;

    /// <summary>The router: |&lt;theta_m, c_k&gt;| and |&lt;theta_m, v_k&gt;|.</summary>
    /// <param name="run">The run of a mixture.</param>
    /// <returns>Null if no products were recorded.</returns>
    public static Figure? OfRouter(FinishedRun run) => Of(
        run,
        "router-products",
        "What the router has learned of the signals",
        "The router's products with the centre signals, |⟨θ, c⟩|, and with the feature signals, |⟨θ, v⟩|, before each step's update, for each expert. The paper claims that the router learns the cluster centres: for each expert |⟨θ, c⟩| grows apart between clusters, while |⟨θ, v⟩| stays small.",
        ("Centre signals", "|⟨θ, c⟩|", products => products.RouterCentre),
        ("Feature signals", "|⟨θ, v⟩|", products => products.RouterFeature));

    /// <summary>The experts: max_j |&lt;w_mj, v_k&gt;| and max_j |&lt;w_mj, c_k&gt;|.</summary>
    /// <param name="run">The run of a mixture.</param>
    /// <returns>Null if no products were recorded.</returns>
    public static Figure? OfExperts(FinishedRun run) => Of(
        run,
        "expert-products",
        "What the experts have learned of the signals",
        "The largest product of an expert's filters with the feature signals, max |⟨w, v⟩|, and with the centre signals, max |⟨w, c⟩|, before each step's update, for each expert. The paper claims that a nonlinear expert learns the feature signal of the cluster it serves: one line leaves the others behind. A single model has to learn all of them.",
        ("Feature signals", "max |⟨w, v⟩|", products => products.ExpertFeature),
        ("Centre signals", "max |⟨w, c⟩|", products => products.ExpertCentre));

    private static Figure? Of(FinishedRun run, string id, string title, string caption, params (string Name, string Axis, Func<ProductsRecord, double[][]> Of)[] kinds)
    {
        if (run.Products.Count == 0) return null;
        var counts = run.Summary.DispatchCounts;
        var experts = ShownExperts.Busiest(counts, MostExperts);
        var clusters = Math.Min(counts.Length, MostClusters);
        var records = Thinned.Of(run.Products);
        double[] x = [.. records.Select(record => (double)record.Step)];
        var columns = Math.Min(Columns, experts.Length);
        var rows = (experts.Length + Columns - 1) / Columns;
        // One scale for all plots, so that they can be compared.
        var top = 1.08 * kinds.Max(kind => records.Max(record => experts.Max(m => kind.Of(record)[m].Take(clusters).Max())));
        if (!(top > 0)) top = 1;
        var blockHeight = HeadHeight + (rows * PanelHeight) + StepHeight;
        var width = AxisWidth + ((Width - AxisWidth) / Columns * columns);
        var sheet = new FigureSheet(width, LegendRow.Height + (kinds.Length * blockHeight))
            .Add(LegendRow.Lines(width, Enumerable.Range(0, clusters).Select(k => (Invariant($"cluster {k}"), SeriesStyle.Of(k)))), 0, 0, width, LegendRow.Height);
        foreach (var (b, kind) in kinds.Index())
        {
            var y = LegendRow.Height + (b * blockHeight);
            sheet.Add(Heading(kind.Name), 0, y, width, HeadHeight);
            foreach (var (i, m) in experts.Index())
            {
                var row = i / columns;
                var column = i % columns;
                // The last panel of a column names the steps.
                var last = i + columns >= experts.Length;
                var plot = Panel(records, x, top, m, clusters, kind, column == 0, last);
                var panelWidth = (width - AxisWidth) / columns;
                sheet.Add(
                    plot,
                    column == 0 ? 0 : AxisWidth + (column * panelWidth),
                    y + HeadHeight + (row * PanelHeight),
                    panelWidth + (column == 0 ? AxisWidth : 0),
                    PanelHeight + (last ? StepHeight : 0));
            }
        }

        return sheet.Draw(
            id, title,
            caption + ShownExperts.Omitted(experts.Length, counts[0].Length, "experts", "the busiest") + ShownExperts.Omitted(clusters, counts.Length, "clusters", "the first"));
    }

    private static Plot Panel(
        IReadOnlyList<ProductsRecord> records, double[] x, double top, int expert, int clusters,
        (string Name, string Axis, Func<ProductsRecord, double[][]> Of) kind, bool first, bool last)
    {
        var plot = FigurePlot.New("", last ? "step" : "", first ? kind.Axis : "");
        for (var k = 0; k < clusters; k++)
            FigurePlot.DrawCurve(plot, x, [.. records.Select(record => kind.Of(record)[expert][k])], SeriesStyle.Of(k));
        FigurePlot.Write(plot, string.Create(CultureInfo.InvariantCulture, $"expert {expert}"), new Coordinates(x[0], top), Alignment.UpperLeft, right: 6);
        plot.Axes.SetLimits(x[0], Math.Max(x[^1], x[0] + 1), -0.02 * top, top);
        plot.Layout.Fixed(new PixelPadding(first ? AxisWidth : 0, 22, last ? StepHeight + 22 : 22, 4));
        if (!first)
        {
            plot.Axes.Left.TickLabelStyle.IsVisible = false;
            plot.Axes.Left.MajorTickStyle.Length = 0;
        }

        return plot;
    }

    private static Plot Heading(string text)
    {
        var plot = FigurePlot.Bare();
        plot.Axes.SetLimits(0, 1, 0, 1);
        FigurePlot.Write(plot, text, new Coordinates(0.5, 0.5), Alignment.MiddleCenter).LabelStyle.Font = FigureFont.Bold;
        return plot;
    }
}
