using MoeOrleans.Compute.Specification;
using MoeOrleans.Runs.Comparison;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>How two runs differ: fields, curves, tensors.</summary>
internal static class ComparisonTable
{
    // About a screen of lines.
    private const int MaxTensors = 40;

    public static void Write(RunComparison comparison) => Consoles.WriteOutput((console, plain) =>
    {
        WriteSpecification(console, plain, comparison.Specification);
        console.WriteLine();
        WriteCurves(console, plain, comparison);
        console.WriteLine();
        WriteWeights(console, plain, comparison);
    });

    private static void WriteSpecification(IAnsiConsole console, bool plain, IReadOnlyList<FieldDifference> fields)
    {
        if (fields.Count == 0)
        {
            console.WriteLine("specification: the same");
            return;
        }

        console.WriteLine($"specification: {fields.Count} {(fields.Count == 1 ? "field differs" : "fields differ")}");
        var table = Tables.Create(plain, ["field"], "A", "B", "decides bits");
        foreach (var field in fields) table.AddRow(new Text(field.Path), new Text(field.A), new Text(field.B), new Text(field.DecidesBits ? "yes" : "no, a label"));
        console.Write(table);
    }

    private static void WriteCurves(IAnsiConsole console, bool plain, RunComparison comparison)
    {
        var (a, b) = (comparison.A.Steps, comparison.B.Steps);
        console.WriteLine(comparison.EqualCurves ? $"curves: the same bits at all {Format.Count(a)} steps" : a == b ? $"curves: differ, {Format.Count(a)} steps" : $"curves: differ, {Format.Count(a)} and {Format.Count(b)} steps");
        var table = Tables.Create(plain, ["metric"], "first step that differs", "largest difference", "at step", "final A", "final B");
        foreach (var curve in comparison.Curves)
        {
            table.AddRow(
                new Text(curve.Metric),
                new Text(curve.FirstStep is { } first ? Format.Count(first) : "none"),
                new Text(Difference(curve.Largest)),
                new Text(curve.LargestStep is { } step ? Format.Count(step) : ""),
                new Text(Format.Number(curve.FinalA, "R")),
                new Text(Format.Number(curve.FinalB, "R")));
        }

        AddRow("test accuracy", comparison.A.TestAccuracy, comparison.B.TestAccuracy);
        AddRow("without noise", comparison.A.TestAccuracyWithoutNoise, comparison.B.TestAccuracyWithoutNoise);
        console.Write(table);

        void AddRow(string name, double x, double y) => table.AddRow(
            new Text(name), new Text(""), new Text(Difference(Math.Abs(x - y))), new Text(""), new Text(Format.Number(x, "R")), new Text(Format.Number(y, "R")));
    }

    private static void WriteWeights(IAnsiConsole console, bool plain, RunComparison comparison)
    {
        var differing = comparison.Tensors.Where(tensor => !tensor.AreEqual).ToArray();
        console.WriteLine(differing.Length == 0
            ? $"weights: the same bits, SHA-256 {comparison.A.WeightsSha256}"
            : $"weights: {Format.Count(differing.Length)} of {Format.Count(comparison.Tensors.Count)} tensors differ");
        if (differing.Length == 0) return;
        console.WriteLine($"A SHA-256 {comparison.A.WeightsSha256}");
        console.WriteLine($"B SHA-256 {comparison.B.WeightsSha256}");
        var table = Tables.Create(plain, ["tensor"], "elements", "differ", "largest difference");
        foreach (var tensor in differing.Take(MaxTensors))
        {
            if (tensor.SameShape)
                table.AddRow(new Text(tensor.Name), new Text(Format.Count(tensor.Elements)), new Text(Format.Count(tensor.Differing)), new Text(Difference(tensor.Largest)));
            else
                table.AddRow(new Text(tensor.Name), new Text($"{Shape(tensor.ShapeA)} and {Shape(tensor.ShapeB)}"), new Text(""), new Text(""));
        }

        console.Write(table);
        if (differing.Length > MaxTensors) console.WriteLine($"and {Format.Count(differing.Length - MaxTensors)} more tensors");
    }

    private static string Difference(double difference) => difference == 0 ? "0" : Format.Number(difference, "0.0e+0");

    private static string Shape(IReadOnlyList<int>? shape) => shape is null ? "none" : $"({string.Join(", ", shape)})";
}
