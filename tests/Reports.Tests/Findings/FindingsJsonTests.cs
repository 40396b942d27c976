using System.Text.Json;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class FindingsJsonTests
{
    [Fact]
    public void What_was_written_is_read_back()
    {
        var written = FindingsJson.Write(Everything());
        var read = FindingsJson.Read(written, "reproduce.json");
        FindingsJson.Write(read).ShouldBe(written);
        read.Verdicts.ShouldBe(Everything().Verdicts);
        read.Table.Count.ShouldBe(2);
        read.Table[1].TestAccuracy.ShouldBe(Everything().Table[1].TestAccuracy);
        read.Curves[0].Points.ShouldBe(Everything().Curves[0].Points);
        read.Specialisation[0].Runs[0].ExpertSets.ShouldBe(Everything().Specialisation[0].Runs[0].ExpertSets);
        (read.Sweeps.Count, read.Bounds.Count, read.SwapTests.Count).ShouldBe((1, 1, 3));
    }

    [Fact]
    public void Names_are_camel_case_and_the_version_comes_first()
    {
        using var document = JsonDocument.Parse(FindingsJson.Write(Everything()));
        var first = document.RootElement.EnumerateObject().First();
        (first.Name, first.Value.GetInt32()).ShouldBe(("schemaVersion", 1));
        var row = document.RootElement.GetProperty("table")[1];
        (row.GetProperty("kind").GetString(), row.GetProperty("model").GetString(), row.GetProperty("activation").GetString()).ShouldBe(("oneDataSet", "mixture", "cubic"));
        row.GetProperty("runs")[0].GetProperty("stopReason").GetString().ShouldBe("rise");
    }

    [Fact]
    public void A_diverged_run_costs_no_report()
    {
        var written = FindingsJson.Write(ReproductionFindings.Of([
            Finished("table", Mixture("1", seed: 1), accuracy: double.NaN, entropy: double.NaN),
            Finished("table", Mixture("1", seed: 2)),
        ]));
        FindingsJson.Read(written, "reproduce.json").Table[0].TestAccuracy.Mean.ShouldBe(double.NaN);
    }

    [Fact]
    public void No_runs_are_findings_without_rows() => FindingsTables.All(ReproductionFindings.Of([])).ShouldBeEmpty();

    [Theory]
    [InlineData("""{ "schemaVersion": 2 }""", "reproduce.json: schemaVersion must be 1, got 2; write the file again with moe reproduce")]
    [InlineData("{}", "reproduce.json: schemaVersion must be 1, got none; write the file again with moe reproduce")]
    [InlineData("{\n\"schemaVersion\": }", "reproduce.json: line 2, the findings of a reproduction were expected; write the file again with moe reproduce")]
    [InlineData("""{ "schemaVersion": 1 }""", "reproduce.json: line 1, the findings of a reproduction were expected; write the file again with moe reproduce")]
    public void What_holds_no_findings_is_one_line(string json, string message) =>
        Should.Throw<InvalidDataException>(() => FindingsJson.Read(json, "reproduce.json")).Message.ShouldBe(message);

    internal static ReproductionFindings Everything() => ReproductionFindings.Of([
        Finished("table", Single("1", Activation.Linear), accuracy: 68, best: 70),
        Finished("table", Mixture("1", seed: 1), accuracy: 99.2, noneWrong: 900),
        Finished("table", Mixture("1", seed: 2), accuracy: 99.8, noneWrong: 880),
        Finished("bounds", Single("theorem", Activation.Tanh, 64), accuracy: 86),
        Finished("specialisation", Presets.For(Recipe.Paper, "theorem")),
        Finished("curves", Curve("1"), curve: [1.386, 1.2]),
        Finished("noise", Mixture("1")),
    ]);
}
