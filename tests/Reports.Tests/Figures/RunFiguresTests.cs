using System.Xml.Linq;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Figures;
using MoeOrleans.Reports.Figures.Runs;

namespace MoeOrleans.Reports.Tests.Figures;

/// <summary>Which figures a run has, also where it is unlike others.</summary>
public sealed class RunFiguresTests
{
    private static readonly FinishedRun Mixture = SmallRuns.Train(SmallRuns.Spec());

    [Fact]
    public void A_mixture_shows_its_router()
    {
        Ids(Mixture).ShouldBe(["routing-plane", "entropy", "dispatch", "unrouted", "router-products", "expert-products", "training", "load", "time"]);
    }

    [Fact]
    public void Own_data_show_how_they_are_classified_and_what_each_expert_gets()
    {
        Ids(SmallRuns.OwnData()).ShouldBe(["training", "confusion", "experts-alone", "examples", "load-over-time", "load", "time"]);
    }

    [Fact]
    public void Curves_of_own_data_have_validation_and_test_samples_and_captions_speak_of_no_clusters()
    {
        var figures = RunFigures.Of(SmallRuns.OwnData());
        var curves = XElement.Parse(figures.Single(figure => figure.Id == "training").Svg).Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToList();
        foreach (var name in (string[])["training steps", "validation samples", "test samples"]) curves.ShouldContain(name);
        figures.Single(figure => figure.Id == "experts-alone").Caption.ShouldContain("white is guessing among all classes (33.3 % or less)");
        figures.Single(figure => figure.Id == "load").Caption.ShouldStartWith("Left: training samples at each expert in the last epoch");
        foreach (var untold in (string[])["cluster", "heorem", "paper", "50 %"]) figures.ShouldAllBe(figure => !figure.Caption.Contains(untold));
    }

    [Fact]
    public void A_single_model_has_no_router_to_show()
    {
        Ids(SmallRuns.Train(SmallRuns.Spec(ModelKind.Single))).ShouldBe(["training", "expert-products", "unrouted", "time"]);
    }

    [Fact]
    public void Only_a_mixture_is_told_of_experts_that_are_chosen()
    {
        var single = RunFigures.Of(SmallRuns.Train(SmallRuns.Spec(ModelKind.Single))).Single(figure => figure.Id == "unrouted");
        foreach (var untold in (string[])["heorem 4.2", "router", "frame", "Every expert"]) $"{single.Title} {single.Caption}".ShouldNotContain(untold);
        RunFigures.Of(Mixture).Single(figure => figure.Id == "unrouted").Caption.ShouldContain("Theorem 4.2");
    }

    [Fact]
    public void Without_products_the_signals_are_not_known_and_nothing_of_them_is_drawn()
    {
        Ids(Mixture with { Products = [] }).ShouldBe(["entropy", "dispatch", "unrouted", "training", "load", "time"]);
    }

    [Fact]
    public void Steps_that_were_not_timed_have_no_figure_of_times()
    {
        Ids(Mixture with { Steps = [.. Mixture.Steps.Select(step => step with { StepMilliseconds = 0 })] }).ShouldNotContain("time");
    }

    [Fact]
    public void Every_figure_is_an_svg_with_a_name_and_a_png_of_twice_its_size()
    {
        foreach (var figure in RunFigures.Of(Mixture))
        {
            var svg = XElement.Parse(figure.Svg);
            svg.Attribute("aria-label")!.Value.ShouldBe(figure.Title);
            svg.Attribute("viewBox")!.Value.ShouldBe($"0 0 {svg.Attribute("width")!.Value} {svg.Attribute("height")!.Value}");
            // A PNG begins with 8 bytes of signature, and has its width and height at 16 and 20, big-endian.
            figure.Png.AsSpan(1, 3).ToArray().ShouldBe("PNG"u8.ToArray());
            Size(figure, 16).ShouldBe(2 * (int)svg.Attribute("width")!);
            Size(figure, 20).ShouldBe(2 * (int)svg.Attribute("height")!);
            svg.Descendants().Select(element => element.Attribute("id")?.Value).OfType<string>().ShouldAllBe(id => id.StartsWith($"{figure.Id}-", StringComparison.Ordinal));
        }

        static int Size(Figure figure, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(figure.Png.AsSpan(at, 4));
    }

    [Fact]
    public void The_same_run_gives_the_same_files()
    {
        foreach (var (once, again) in RunFigures.Of(Mixture).Zip(RunFigures.Of(Mixture)))
        {
            // Not compared by the library, which would print a difference of a hundred thousand letters.
            (again.Svg == once.Svg).ShouldBeTrue(once.Id);
            again.Png.AsSpan().SequenceEqual(once.Png).ShouldBeTrue(once.Id);
        }
    }

    [Fact]
    public void A_figure_is_drawn_once_though_plots_lay_themselves_out_anew()
    {
        var texts = XElement.Parse(EntropyFigure.Of(Mixture)!.Svg).Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToList();
        texts.Count(text => text == "dispatch entropy (nats)").ShouldBe(1);
        texts.ShouldContain("no specialisation, ln 4 = 1.386");
    }

    [Fact]
    public void Experts_and_clusters_are_numbered_from_0()
    {
        var figures = RunFigures.Of(Mixture);
        string[] clusters = ["0", "1", "2", "3"], experts = ["0", "1", "2", "3", "4", "5"];
        Numbers("routing-plane", "cluster ").ShouldBe(clusters);
        Numbers("routing-plane", "expert ").ShouldBe(experts);
        Numbers("router-products", "cluster ").ShouldBe(clusters);
        Numbers("router-products", "expert ").ShouldBe(experts);
        var cells = ClusterCells.Of(Mixture.Summary.DispatchCounts);
        cells.Rows.ShouldBe(clusters);
        cells.Columns.ShouldBe(experts);

        // The one-digit numbers that follow a word, or stand alone.
        string[] Numbers(string id, string word) =>
        [
            .. XElement.Parse(figures.Single(figure => figure.Id == id).Svg).Descendants().Where(element => element.Name.LocalName == "text")
                .Select(text => text.Value).Where(text => text.StartsWith(word, StringComparison.Ordinal))
                .Select(text => text[word.Length..].Split(',')[0]).Where(number => number is [>= '0' and <= '9']).Distinct().Order(),
        ];
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_diverged_run_is_drawn_all_the_same(double loss)
    {
        var products = Mixture.Products.Select(record => record.Step < 5 ? record : record with { RouterCentre = Diverged(record.RouterCentre), ExpertFeature = Diverged(record.ExpertFeature) });
        var run = Mixture with { Steps = [.. Mixture.Steps.Select(step => step.Step < 5 ? step : step with { Loss = loss })], Products = [.. products] };
        Ids(run).ShouldBe(Ids(Mixture));

        double[][] Diverged(double[][] values) => [.. values.Select(row => row.Select(_ => loss).ToArray())];
    }

    [Fact]
    public void A_run_of_one_step_is_drawn()
    {
        var spec = SmallRuns.Spec();
        Ids(SmallRuns.Train(spec with { Training = spec.Training with { Steps = 1 } })).ShouldContain("training");
    }

    [Fact]
    public void Of_many_experts_the_busiest_are_shown_and_the_caption_says_so()
    {
        var spec = SmallRuns.Spec();
        spec = spec with { Model = spec.Model with { Experts = 40 }, Training = spec.Training with { Steps = 3 } };
        var figures = RunFigures.Of(SmallRuns.Train(spec));
        figures.Single(figure => figure.Id == "dispatch").Caption.ShouldEndWith("Shown are the busiest 32 of 40 experts.");
        figures.Single(figure => figure.Id == "router-products").Caption.ShouldEndWith("Shown are the busiest 8 of 40 experts.");
    }

    [Fact]
    public void Many_clusters_are_too_many_rays_but_not_too_many_rows()
    {
        var spec = SmallRuns.Spec();
        spec = spec with { Data = spec.Data with { Clusters = 40, Dim = 80 }, Training = spec.Training with { Steps = 2 } };
        var run = SmallRuns.Train(spec);
        Ids(run).ShouldNotContain("routing-plane");
        RunFigures.Of(run).Single(figure => figure.Id == "dispatch").Caption.ShouldEndWith("Shown are the first 32 of 40 clusters.");
    }

    private static string[] Ids(FinishedRun run) => [.. RunFigures.Of(run).Select(figure => figure.Id)];
}
