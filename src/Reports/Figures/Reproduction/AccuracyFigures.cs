using MoeOrleans.Reports.Figures.Drawing;
using MoeOrleans.Reports.Findings;
using ScottPlot;

namespace MoeOrleans.Reports.Figures.Reproduction;

/// <summary>Every run's test accuracy and dispatch entropy next to the published values: a figure for each setting.</summary>
internal static class AccuracyFigures
{
    private const int Width = 860;

    public static IReadOnlyList<Figure> Of(IReadOnlyList<TableRow> rows) => [.. rows.GroupBy(row => row.Setting).Select(group => Of(group.Key, [.. group]))];

    private static Figure Of(string setting, TableRow[] rows)
    {
        DotRow[] accuracies = [.. rows.Select(row => new DotRow(
            Name(row), ModelStyle.Of(row.Activation), [.. row.Runs.Select(run => run.TestAccuracy)], row.TestAccuracy.Mean,
            row.PublishedAccuracy?.Published.Value, row.PublishedAccuracy?.Published.PopulationDeviation))];
        DotRow[] entropies = [.. rows.Where(row => row.DispatchEntropy is not null).Select(row => new DotRow(
            Name(row), ModelStyle.Of(row.Activation), [.. row.Runs.Select(run => run.DispatchEntropy!.Value)], row.DispatchEntropy!.Mean,
            row.PublishedEntropy?.Published.Value, row.PublishedEntropy?.Published.PopulationDeviation))];
        var (low, high) = DotRows.Percent(accuracies.SelectMany(row => row.Published is { } value ? row.Dots.Append(value - (row.PublishedDeviation ?? 0)) : row.Dots));
        var published = accuracies.Any(row => row.Published is not null);
        var height = DotRows.Height(accuracies.Length);
        List<(string, SeriesStyle)> legend =
        [
            .. rows.Select(row => row.Activation).Distinct().Select(activation => ($"{ModelNames.Of(activation)}: one run", ModelStyle.Of(activation))),
            ("mean", SeriesStyle.Of(4) with { Marker = MarkerShape.VerticalBar }),
        ];
        if (published) legend.Add(("published, with deviation", ModelStyle.Published));
        var entropyHeight = entropies.Length == 0 ? 0 : DotRows.Height(entropies.Length);
        var sheet = new FigureSheet(Width, LegendRow.Height + height + entropyHeight)
            .Add(LegendRow.Markers(Width, legend), 0, 0, Width, LegendRow.Height)
            .Add(DotRows.Draw("Test accuracy", "test accuracy (%)", accuracies, low, high), 0, LegendRow.Height, Width, height);
        if (entropies.Length > 0)
        {
            var top = entropies.SelectMany(row => row.Dots.Append((row.Published ?? 0) + (row.PublishedDeviation ?? 0))).Where(double.IsFinite).Append(Math.Log(4)).Max();
            sheet.Add(DotRows.Draw("Dispatch entropy", "dispatch entropy (nats)", entropies, -0.03, 1.05 * top), 0, LegendRow.Height + height, Width, entropyHeight);
        }

        return sheet.Draw(
            $"accuracy-{setting}", $"Test accuracy and dispatch entropy, {ModelNames.Setting(setting)}",
            "Each dot is a run; mixtures are tested with one draw of the router's noise. The tick is the mean of the runs. "
            + (published
                ? "The diamond is the value recorded in the official repository: of a single model one run, of a mixture the mean of ten initialisations on one data set with the population deviation. "
                : "No values of this setting are published here. ")
            + "The paper claims that no single model does well, that the linear mixture does better but leaves the entropy high, and that the nonlinear mixture comes near 100 % with an entropy near 0.");
    }

    private static string Name(TableRow row)
    {
        var name = ModelNames.Of(row.Model, row.Activation, row.Filters);
        return row.Kind == RowKind.OverDataSets ? $"{name}, over data" : name;
    }
}
