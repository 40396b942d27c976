using MoeOrleans.Reports.Findings;
using static MoeOrleans.Reports.Tests.Findings.Runs;

namespace MoeOrleans.Reports.Tests.Findings;

public sealed class FindingsTablesTests
{
    [Fact]
    public void The_table_has_ours_beside_the_published_figures()
    {
        var lines = FindingsTables.Table(FindingsJsonTests.Everything().Table).ToString().Split('\n');
        lines[2].ShouldBe("| 1 | single linear, J = 40 | 1, one data set | 68.00 | 68.31, 1 run | -0.31, out of our range |  | 70.00 | 100.00 |  |  |");
        lines[3].ShouldStartWith("| 1 | MoE nonlinear | 2, one data set | 99.50 +- 0.30 | 99.46 +- 0.55 | +0.04 [");
        lines[3].ShouldEndWith("| 100.00 +- 0.30 |  | 100.00 +- 0.00 | 0.100 +- 0.000 | 0.098 +- 0.088 |");
    }

    [Fact]
    public void A_miss_says_so_plainly()
    {
        var table = FindingsTables.Verdicts(ReproductionFindings.Of([Finished("table", Mixture("1"), entropy: 0.5)]).Verdicts).ToString();
        table.ShouldContain("| Nonlinear experts find the clusters | setting 1, MoE nonlinear, one data set | mean dispatch entropy below 0.350 | 0.500 | **no** | so in 0 of 1 run |");
    }

    [Fact]
    public void Each_table_that_has_rows_stands_under_its_heading()
    {
        var text = FindingsTables.All(FindingsJsonTests.Everything());
        text.Split('\n').Where(line => line.StartsWith('#')).ShouldBe([
            "## Verdicts", "## Single models and mixtures", "## Theorem 4.1: what single models can reach", "## Theorem 4.1: the swap test",
            "## Theorem 4.2: specialisation", "## Theorem 4.2: who serves which cluster", "## Dispatch entropy over training", "## Router noise in",
        ]);
        text.ShouldContain("| paper | theorem | MoE nonlinear | 1 | 1 | 1 (100, 99.90 %), 5 (100, 99.90 %) |");
        text.ShouldContain("| 1 | MoE nonlinear | 1 | 0 | 1.386 | 1.386 +- 0.000 | yes |");
        text.ShouldContain("| theorem | single tanh, J = 64 | 1 | 86.00 | 86.00 | 87.50 | 88.02 | 0 of 1,000 |");
    }

    // A cell that holds a bar must not become two.
    [Fact]
    public void Every_row_has_as_many_cells_as_its_heading()
    {
        foreach (var table in FindingsTables.All(FindingsJsonTests.Everything()).Split("## ", StringSplitOptions.RemoveEmptyEntries))
        {
            var rows = table.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')).ToArray();
            rows.Length.ShouldBeGreaterThan(2);
            rows.Distinct().ShouldHaveSingleItem();
        }
    }
}
