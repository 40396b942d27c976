namespace MoeOrleans.Page.Tests;

/// <summary>Report pages as a reader sees them, on a phone and on a wide screen, without a network.</summary>
public sealed class ReportPageTests(ReportFiles reports) : IClassFixture<ReportFiles>
{
    private const int Phone = 390;
    private const int Wide = 1280;

    private static readonly Dictionary<string, string[]> Axes = new()
    {
        ["routing-plane"] = ["projection, first axis", "projection, second axis"],
        ["entropy"] = ["step", "dispatch entropy (nats)"],
        ["dispatch"] = ["expert", "cluster"],
        ["unrouted"] = ["expert", "cluster"],
        ["router-products"] = ["step", "|⟨θ, c⟩|", "|⟨θ, v⟩|"],
        ["expert-products"] = ["step", "max |⟨w, v⟩|", "max |⟨w, c⟩|"],
        ["training"] = ["step", "mean loss (nats)", "accuracy (%)"],
        ["load"] = ["expert", "training samples", "step", "busiest expert / mean"],
        ["time"] = ["step", "time (ms)"],
        ["confusion"] = ["predicted class", "class", "0 ankle boot"],
        ["load-over-time"] = ["step", "share of the samples (%)"],
        ["examples"] = ["expert"],
        ["experts-alone"] = ["expert", "samples"],
        ["routing-plane-nonlinear"] = ["projection, first axis", "projection, second axis"],
        ["routing-plane-linear"] = ["projection, first axis", "projection, second axis"],
        ["accuracy-1"] = ["test accuracy (%)", "dispatch entropy (nats)", "MoE linear", "MoE nonlinear"],
        ["accuracy-theorem"] = ["test accuracy (%)", "dispatch entropy (nats)"],
        ["entropy-curves"] = ["step", "dispatch entropy (nats)"],
        ["bounds"] = ["test accuracy (%)", "92.5 %", "87.5 %"],
        ["swap-test"] = ["share of quadruples (%)", "none wrong"],
        ["specialisation-reference-1-cubic"] = ["expert", "cluster"],
        ["specialisation-reference-theorem-cubic"] = ["expert", "cluster"],
        ["sweep-noise"] = ["noise in", "test accuracy (%)", "dispatch entropy (nats)", "busiest expert / mean"],
        ["sweep-load-balance"] = ["coefficient", "test accuracy (%)"],
        ["sweep-experts"] = ["experts M", "test accuracy (%)"],
        ["sweep-clusters"] = ["clusters K", "test accuracy (%)"],
    };

    private static readonly Dictionary<string, string[]> Figures = new()
    {
        [Pages.Mixture] = ["routing-plane", "entropy", "dispatch", "unrouted", "router-products", "expert-products", "training", "load", "time"],
        [Pages.OwnData] = ["training", "confusion", "experts-alone", "examples", "load-over-time", "load", "time"],
        [Pages.Single] = ["training", "expert-products", "unrouted", "time"],
        [Pages.Reproduction] =
        [
            "routing-plane-nonlinear", "router-products", "expert-products", "routing-plane-linear", "accuracy-1", "accuracy-theorem", "entropy-curves", "bounds",
            "swap-test", "specialisation-reference-1-cubic", "specialisation-reference-theorem-cubic", "sweep-noise", "sweep-load-balance", "sweep-experts", "sweep-clusters",
        ],
    };

    public static TheoryData<string, int> EveryPageAndWidth => new(
        from page in Figures.Keys
        from width in (int[])[Phone, Wide]
        select (page, width));

    [Theory]
    [MemberData(nameof(EveryPageAndWidth))]
    public async Task Every_figure_is_seen_with_the_names_of_its_axes(string name, int width)
    {
        await using var open = await reports.Open(name, width);
        var figures = open.Page.Locator("figure");
        var ids = await figures.EvaluateAllAsync<string[]>("all => all.map(figure => figure.id)");
        ids.ShouldBe(Figures[name], ignoreOrder: true);
        foreach (var id in ids)
        {
            var figure = open.Page.Locator($"figure#{id}");
            (await figure.IsVisibleAsync()).ShouldBeTrue(id);
            (await figure.GetAttributeAsync("aria-label")).ShouldNotBeNullOrWhiteSpace(id);
            (await figure.Locator("figcaption").InnerTextAsync()).Length.ShouldBeGreaterThan(60, id);
            var box = await figure.Locator("svg").BoundingBoxAsync();
            box.ShouldNotBeNull(id);
            box.Width.ShouldBeGreaterThan(250, id);
            box.Height.ShouldBeGreaterThan(80, id);
            var texts = await figure.Locator("svg text").EvaluateAllAsync<string[]>("all => all.map(text => text.textContent)");
            foreach (var axis in Axes[id]) texts.ShouldContain(axis, id);
        }
    }

    [Theory]
    [MemberData(nameof(EveryPageAndWidth))]
    public async Task Nothing_is_asked_of_a_network_and_nothing_complains(string name, int width)
    {
        await using var open = await reports.Open(name, width);
        await open.Page.EvaluateAsync("document.fonts.ready");
        open.Requests.ShouldBe([open.Address]);
        open.Complaints.ShouldBeEmpty();
        (await open.Page.Locator("script").CountAsync()).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(EveryPageAndWidth))]
    public async Task The_page_is_no_wider_than_the_window(string name, int width)
    {
        await using var open = await reports.Open(name, width);
        (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        // What is wider scrolls in its own frame.
        (await open.Page.Locator("figure svg").EvaluateAllAsync<bool>("all => all.every(svg => svg.closest('.scroll') !== null)")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(Pages.Mixture)]
    [InlineData(Pages.Single)]
    [InlineData(Pages.OwnData)]
    [InlineData(Pages.Reproduction)]
    public async Task Ids_occur_once_and_references_point_into_their_own_figure(string name)
    {
        await using var open = await reports.Open(name, Wide);
        var twice = await open.Page.EvaluateAsync<string[]>("""
            () => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i); }
            """);
        twice.ShouldBeEmpty();
        var astray = await open.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('figure [clip-path]')]
                .filter(e => { const id = e.getAttribute('clip-path').match(/url\(#(.+)\)/)[1]; return !e.closest('figure').querySelector(`[id="${id}"]`); })
                .map(e => e.getAttribute('clip-path'))
            """);
        astray.ShouldBeEmpty();
        (await open.Page.Locator("figure [clip-path]").CountAsync()).ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(Pages.Mixture)]
    [InlineData(Pages.Single)]
    [InlineData(Pages.OwnData)]
    [InlineData(Pages.Reproduction)]
    public async Task No_text_of_a_figure_covers_another_or_is_cut_off(string name)
    {
        await using var open = await reports.Open(name, Wide);
        await open.Page.EvaluateAsync("document.fonts.ready");
        var faults = await open.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('figure')].flatMap(figure => {
                const svg = figure.querySelector('svg'), frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
                const clip = text => {
                    const clipped = text.closest('[clip-path]');
                    if (!clipped) return frame;
                    const rect = figure.querySelector(`[id="${clipped.getAttribute('clip-path').slice(5, -1)}"] rect`);
                    const [x, y, w, h] = ['x', 'y', 'width', 'height'].map(name => scale * Number(rect.getAttribute(name) ?? 0));
                    return { left: frame.left + x, top: frame.top + y, right: frame.left + x + w, bottom: frame.top + y + h };
                };
                const texts = [...figure.querySelectorAll('svg text')].map(text => {
                    const box = text.getBoundingClientRect();
                    // Letters are smaller than their line.
                    const [dx, dy] = box.width > box.height ? [0, 0.22 * box.height] : [0.22 * box.width, 0];
                    return { text: text.textContent, clip: clip(text), left: box.left + dx, right: box.right - dx, top: box.top + dy, bottom: box.bottom - dy };
                });
                const faults = texts.filter(t => t.left < t.clip.left - 1 || t.right > t.clip.right + 1 || t.top < t.clip.top - 1 || t.bottom > t.clip.bottom + 1)
                    .map(t => `${figure.id}: '${t.text}' at ${[t.left, t.right, t.top, t.bottom].map(Math.round)} is cut off by ${[t.clip.left, t.clip.right, t.clip.top, t.clip.bottom].map(Math.round)}`);
                texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
                    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
                        faults.push(`${figure.id}: '${a.text}' and '${b.text}' overlap`);
                }));
                return faults;
            })
            """);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_from_outside_is_only_text()
    {
        await using var open = await reports.Open(Pages.Mixture, Wide);
        (await open.Page.Locator("#provenance").InnerTextAsync()).ShouldContain(Pages.Hostile);
        (await open.Page.Locator("img").CountAsync()).ShouldBe(0);
        (await open.Page.TitleAsync()).ShouldBe("MoE nonlinear, setting 1");
    }

    [Fact]
    public async Task A_page_of_own_data_tells_its_settings_and_nothing_of_the_paper()
    {
        await using var open = await reports.Open(Pages.OwnData, Wide);
        var text = await open.Page.Locator("main").InnerTextAsync();
        foreach (var told in (string[])["Settings", "adam, rate 0.002", "softmax; noise off", "24 samples; at most 32 steps, 8 epochs", "3 classes: ankle boot, bag of leather", "Validation accuracy", "live", "last epoch", "33.3 % or less"]) text.ShouldContain(told);
        foreach (var untold in (string[])["heorem", "Paper", "paper", "50 %", "Dispatch entropy", "cluster"]) text.ShouldNotContain(untold);
        // Headings occur once.
        var headings = await open.Page.Locator("h1, h2, h3").AllInnerTextsAsync();
        headings.Distinct().Count().ShouldBe(headings.Count);
    }

    [Fact]
    public async Task The_figures_are_lettered_in_the_font_that_comes_along()
    {
        await using var open = await reports.Open(Pages.Mixture, Wide);
        await open.Page.EvaluateAsync("document.fonts.ready");
        (await open.Page.EvaluateAsync<string[]>("[...document.fonts].map(font => font.status)")).ShouldBe(["loaded", "loaded"]);
    }

    [Fact]
    public async Task A_reproduction_tells_its_verdicts_plainly()
    {
        await using var open = await reports.Open(Pages.Reproduction, Phone);
        var verdicts = await open.Page.Locator(".verdicts tbody tr td:first-child").AllInnerTextsAsync();
        verdicts.Distinct().Order().ShouldBe(["does not hold", "holds"]);
        var opening = await open.Page.Locator("main > p").First.InnerTextAsync();
        opening.ShouldContain($"Of {verdicts.Count} claims that were checked, {verdicts.Count(text => text == "holds")} hold");
    }
}
