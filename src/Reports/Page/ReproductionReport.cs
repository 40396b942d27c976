using System.Globalization;
using System.Xml.Linq;
using MoeOrleans.Compute;
using MoeOrleans.Reports.Figures;
using MoeOrleans.Reports.Figures.Reproduction;
using MoeOrleans.Reports.Findings;
using static System.FormattableString;

namespace MoeOrleans.Reports.Page;

internal static class ReproductionReport
{
    private static readonly string[] VerdictColumns = ["Verdict", "Claim", "Expected and measured"];

    /// <summary>Writes report.html, and figures/*.svg and *.png.</summary>
    /// <param name="findings">What the runs show.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="folder">The folder, created if it does not exist; files of the same names are replaced.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write to the folder.</exception>
    public static void Write(ReproductionFindings findings, IReadOnlyList<LabelledRun> runs, string folder)
    {
        var figures = ReproductionFigures.Of(findings, runs);
        ReportFolder.Write(folder, Page(findings, runs, figures), figures.All);
    }

    private static string Page(ReproductionFindings findings, IReadOnlyList<LabelledRun> runs, ReproductionFigures figures)
    {
        var tables = FindingsTables.Tables(findings).ToLookup(table => table.Part);
        var failed = findings.Verdicts.Count(verdict => !verdict.Holds);
        return ReportPage.Write(
            "A reproduction of “Towards Understanding Mixture of Experts in Deep Learning”",
            [
                PageElements.Paragraph(
                    $"The paper ({findings.Source.Paper}) claims that on data with a latent cluster structure no single two-layer network does well, that a mixture of linear experts does better without finding the clusters, and that a mixture of nonlinear experts finds them and comes near 100 %. "
                    + Invariant($"This page shows {ModelNames.Runs(runs.Count)} next to the numbers recorded in the official repository ({findings.Source.Repository}). ")
                    + (findings.Verdicts.Count == 0
                        ? ""
                        : Invariant($"Of {findings.Verdicts.Count} claims that were checked, {findings.Verdicts.Count - failed} hold and {(failed == 1 ? "1 does" : Invariant($"{failed} do"))} not. What was checked, and how narrowly each claim was met or missed, stands below."))),
            ],
            [
                PageElements.Section("verdicts", "Verdicts", findings.Verdicts.Count == 0 ? [] : [Verdicts(findings.Verdicts)]),
                Section("routing", "Data and learned routing", figures.Routing, ""),
                Section("accuracy", "Single models and mixtures", figures.Accuracies, nameof(findings.Table)),
                Section("entropy", "Dispatch entropy over training", figures.Curves, nameof(findings.Curves)),
                Section("theorem-41", "Theorem 4.1: single models", figures.SingleModels, nameof(findings.Bounds)),
                Section("theorem-42", "Theorem 4.2: specialisation", figures.Specialisation, nameof(findings.Specialisation)),
                Section("sweeps", "Ablations and sweeps", figures.Sweeps, nameof(findings.Sweeps)),
                PageElements.Section("provenance", "Provenance", [PageElements.Facts(Origin(findings)), .. PageElements.Table("Runs", Runs(runs))]),
            ]);

        XElement? Section(string id, string heading, IReadOnlyList<Figure> shown, string part) =>
            PageElements.Section(id, heading, [.. shown.Select(PageElements.Figure), .. tables[part].SelectMany(table => PageElements.Table(table.Heading, table.Table))]);
    }

    private static XElement Verdicts(IReadOnlyList<Verdict> verdicts) => new(
        "table", new XAttribute("class", "verdicts"),
        new XElement("thead", new XElement("tr", VerdictColumns.Select(name => new XElement("th", new XAttribute("scope", "col"), name)))),
        new XElement("tbody", verdicts.Select(verdict => new XElement(
            "tr",
            new XElement("td", new XAttribute("class", verdict.Holds ? "holds" : "fails"), verdict.Holds ? "holds" : "does not hold"),
            new XElement("td", PageElements.Paragraph(verdict.Claim), new XElement("p", new XAttribute("class", "note"), PageElements.Text(verdict.Subject))),
            new XElement(
                "td",
                PageElements.Paragraph($"Expected: {PageElements.Measured(verdict.Expected)}"),
                PageElements.Paragraph($"Measured: {PageElements.Measured(verdict.Measured)}"),
                verdict.Note.Length == 0 ? null : new XElement("p", new XAttribute("class", "note"), PageElements.Measured(verdict.Note)))))));

    private static IEnumerable<(string, string)> Origin(ReproductionFindings findings)
    {
        if (findings.Provenance is { } made)
        {
            yield return ("Command", made.Command);
            yield return ("Program", made.Version);
            yield return ("Machine", Invariant($"{made.System}, {made.Processors} processors, vectors of {made.VectorBits} bits, {made.Runtime}"));
            yield return ("Spread", Invariant($"{made.Threads} compute threads, {made.Parallel} runs at a time; it changes no bit of the results"));
            yield return ("Runs", Invariant($"{made.RunsDone} done in {made.WallSeconds:0} s (expected {made.ExpectedSeconds:0} s), {made.RunsKept} kept from an earlier time"));
        }

        yield return ("Numerics version", NumericsVersion.Current.ToString(CultureInfo.InvariantCulture));
        yield return ("Published values", $"{findings.Source.Repository} ({findings.Source.Licence}). {findings.Source.What}");
    }

    private static MarkdownTable Runs(IReadOnlyList<LabelledRun> runs)
    {
        var table = new MarkdownTable("run", "parts", "seed", "data seed", "specification, SHA-256", "weights, SHA-256");
        foreach (var (name, parts, run) in runs.OrderBy(run => run.Name, StringComparer.Ordinal))
            table.Add(name, string.Join(", ", parts), Invariant($"{run.Summary.Seed}"), Invariant($"{run.Summary.DataSeed}"), run.Summary.SpecHash, run.Summary.WeightsSha256);
        return table;
    }
}
