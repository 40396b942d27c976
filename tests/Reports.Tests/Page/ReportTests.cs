using System.Text.RegularExpressions;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Page;

namespace MoeOrleans.Reports.Tests.Page;

/// <summary>What lies in a report's folder. How pages look is tested in a browser.</summary>
public sealed partial class ReportTests : IDisposable
{
    private static readonly FinishedRun Run = SmallRuns.Train(SmallRuns.Spec());
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("moe-report-").FullName, "not", "there", "yet");

    public void Dispose() => Directory.Delete(Path.Combine(_folder, "..", "..", ".."), recursive: true);

    [Fact]
    public void A_report_is_a_page_and_two_files_for_each_figure_and_nothing_else()
    {
        RunReport.Write(Run, _folder);
        RunReport.Write(Run, _folder);
        var files = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/')).ToList();
        files.ShouldContain("report.html");
        files.ShouldContain("figures/entropy.svg");
        files.ShouldContain("figures/entropy.png");
        files.Count(file => file.StartsWith("figures/", StringComparison.Ordinal)).ShouldBe(2 * Figures(Page).Count);
        files.ShouldAllBe(file => file == "report.html" || file.EndsWith(".svg") || file.EndsWith(".png"));
    }

    [Fact]
    public void A_page_names_nothing_outside_itself()
    {
        RunReport.Write(Run, _folder);
        // Addresses of what is loaded: only within the page or written out in it.
        Loaded().Matches(Page).Select(match => match.Groups[1].Value).ShouldAllBe(address => address.StartsWith('#') || address.StartsWith("data:"));
        Page.ShouldNotContain("<script");
        Page.ShouldNotContain("@import");
    }

    [Fact]
    public void A_page_says_where_it_is_from()
    {
        RunReport.Write(Run, _folder, "moe train --seed 1");
        foreach (var origin in new[] { Run.Summary.SpecHash, Run.Summary.WeightsSha256, "training 1, data 1", "Numerics version", "moe train --seed 1" }) Page.ShouldContain(origin);
    }

    [Theory]
    [InlineData(StopReason.Validation, 18, "stopped after 18 steps: 2 evaluations without a smaller validation loss")]
    [InlineData(StopReason.Interrupted, 18, "interrupted after 18 of 32 steps")]
    [InlineData(StopReason.Steps, 32, "all 32 steps done")]
    public void A_page_says_how_the_run_ended_in_its_results_and_at_its_curves(StopReason reason, int steps, string end)
    {
        var run = SmallRuns.OwnData();
        run = run with
        {
            Spec = run.Spec with { Training = run.Spec.Training with { EarlyStop = 2 } },
            Steps = [.. run.Steps.Take(steps)],
            Summary = run.Summary with { StopReason = reason, Steps = steps, StopStep = null },
        };
        var page = RunReport.Html(run);
        page.ShouldContain($">{end}</td>");
        page.ShouldContain($"The run ended: {end}.");
        if (steps < 32) page.ShouldNotContain("all its steps");
    }

    [Fact]
    public void Without_noise_nothing_is_said_of_noise()
    {
        var spec = SmallRuns.Spec();
        var run = SmallRuns.Train(spec with { Routing = spec.Routing with { Noise = NoiseKind.Off } });
        var page = RunReport.Html(run);
        foreach (var untold in (string[])["noisy", "with noise", "without noise", "router's noise"]) page.ShouldNotContain(untold);
        page.ShouldContain("Router at the start");
        RunReport.Html(Run).ShouldContain("Router at the start, with noise");
    }

    [Fact]
    public void Text_from_outside_is_escaped_and_what_xml_cannot_hold_is_replaced()
    {
        RunReport.Write(Run, _folder, "a <b> & \u0001 c \U0001F600 d \uD800");
        Page.ShouldContain("a &lt;b&gt; &amp; \uFFFD c \U0001F600 d \uFFFD");
    }

    [Fact]
    public void A_reproduction_without_runs_is_a_page_without_figures()
    {
        ReproductionReport.Write(ReproductionFindings.Of([]), [], _folder);
        Figures(Page).ShouldBeEmpty();
        Page.ShouldContain("Provenance");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_said_by_its_exception()
    {
        var file = Path.Combine(Directory.CreateDirectory(_folder).FullName, "file");
        File.WriteAllText(file, "");
        Should.Throw<IOException>(() => RunReport.Write(Run, file));
    }

    private string Page => File.ReadAllText(Path.Combine(_folder, "report.html"));

    private static MatchCollection Figures(string page) => Figure().Matches(page);

    [GeneratedRegex("<figure ")]
    private static partial Regex Figure();

    [GeneratedRegex("""(?:src=|href=|url\()["']?([^"')\s]+)""")]
    private static partial Regex Loaded();
}
