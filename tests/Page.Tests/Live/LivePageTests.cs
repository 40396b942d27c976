using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>The live page in a real browser, while a run trains.</summary>
[Collection(LivePageTestGroup.Name)]
public sealed partial class LivePageTests(Browser browser, LiveCluster cluster)
{
    private const int Phone = 390;
    private const int Wide = 1280;
    private const string Token = "f3a1c95e0b7d42689ab0c1d2e3f40516";

    // What each view shows at the moment. Charts are pictures: their sum stands for them.
    private const string Views = """
        () => {
            const text = id => document.getElementById(id).innerText;
            const picture = chart => [...chart.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join();
            return {
                progress: text('progress-text'), figures: text('figures'), curves: text('curves-charts'),
                curveCharts: [...document.querySelectorAll('#curves-charts .chart')].map(picture).join(),
                dispatch: text('dispatch-note'), heatMap: picture(document.getElementById('dispatch-chart')),
                experts: text('experts-note'), expertsTable: text('experts-table'), expertsChart: picture(document.getElementById('experts-chart')),
                cluster: text('silos'), phases: text('phases'), phasesChart: picture(document.getElementById('phases-chart')),
                steps: text('trace'), waterfall: text('waterfall'), runs: text('runs-table'),
            };
        }
        """;

    [Fact]
    public async Task Every_view_has_data_and_moves()
    {
        await using var server = await cluster.Serve();
        // High enough that all charts are in sight: others are drawn when they come into sight.
        await using var open = await Open(server.Address, Wide, height: 5000);
        await Moves(open.Page);
        var before = await open.Page.EvaluateAsync<Dictionary<string, string>>(Views);

        before["progress"].ShouldMatch("of 1,000,000 steps .* steps? per second .* left");
        before["figures"].ShouldNotContain("–");
        before["expertsTable"].Split('\n').Length.ShouldBeGreaterThanOrEqualTo(9);
        foreach (var part in (string[])["coordinator", "router 0", "router 1", "expert 0", "expert 7", "Utilisation"]) before["cluster"].ShouldContain(part);
        foreach (var part in (string[])["shard 0, route", "shard 1, route", "expert 0", "commit"]) before["waterfall"].ShouldContain(part);
        (await open.Page.Locator("#waterfall .track .inner").CountAsync()).ShouldBeGreaterThan(0);
        (await open.Page.Locator("#dispatch-chart").GetAttributeAsync("aria-label")).ShouldNotBeNull().ShouldStartWith("Dispatch of 4 clusters to 8 experts. Step ");
        (await open.Page.Locator("#notices-list").InnerTextAsync()).ShouldContain($"Run {cluster.Active} trains");
        foreach (var part in (string[])["active", "done", "30 of 30"]) before["runs"].ShouldContain(part);

        await open.Page.WaitForFunctionAsync($"before => {{ const now = ({Views})(); return Object.keys(before).every(view => now[view] !== before[view]); }}", before);
        Clean(open, server);
    }

    [Fact]
    public async Task The_report_of_a_finished_run_opens()
    {
        await using var server = await cluster.Serve();
        await using var open = await Open($"{server.Address}?run={cluster.Ended}", Wide);
        (await open.Page.Locator("#summary").InnerTextAsync()).ShouldStartWith("The test accuracy is ");
        var report = await open.Page.RunAndWaitForPopupAsync(() => open.Page.Locator("#summary a").ClickAsync());
        await report.WaitForLoadStateAsync();

        (await report.TitleAsync()).ShouldBe("MoE nonlinear, setting 1");
        (await report.Locator("figure svg").CountAsync()).ShouldBeGreaterThan(5);
        await open.Page.Locator("#follow").ClickAsync();
        await Moves(open.Page);
        Clean(open, server);
    }

    [Fact]
    public async Task It_outlives_its_server_and_goes_on_with_the_next()
    {
        var server = await cluster.Serve();
        await using var open = await Open(server.Address, Wide);
        var lost = open.Page.Locator("#lost");
        await server.DisposeAsync();
        await lost.WaitForAsync();
        (await lost.InnerTextAsync()).ShouldMatch("^The connection to the server is lost since [0-9:]{8}; the page shows the last state and tries again\\.$");
        var kept = await Step(open.Page);
        kept.ShouldBeGreaterThan(0);
        (await open.Page.Locator("#waterfall").InnerTextAsync()).ShouldContain("shard 0, route");

        await using var next = await cluster.Serve(server.Endpoint.Port);
        await lost.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await open.Page.WaitForFunctionAsync("kept => parseInt(document.getElementById('progress-text').textContent.replaceAll(',', '')) > kept", kept);
        (await open.Page.Locator("#connection-text").InnerTextAsync()).ShouldBe("Live");
        Clean(open, next, "error: Failed to load resource: net::ERR_");
    }

    [Fact]
    public async Task It_is_accessible_and_fits_a_phone_in_light_and_dark()
    {
        await using var server = await cluster.Serve();
        await using var open = await Open(server.Address, Wide);
        await open.Page.EvaluateAsync("document.querySelectorAll('details').forEach(details => details.open = true)");
        foreach (var width in (int[])[Wide, Phone])
        {
            await open.Page.SetViewportSizeAsync(width, 900);
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await open.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Moves(open.Page);
                // The schemes differ in colours only.
                (await Violations(open.Page, scheme == ColorScheme.Light ? [] : ["color-contrast"])).ShouldBeEmpty($"{scheme} at {width}");
                (await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
            }
        }

        Clean(open, server);
    }

    [Fact]
    public async Task All_of_it_is_reached_and_used_by_the_keyboard()
    {
        await using var server = await cluster.Serve();
        await using var open = await Open(server.Address, Wide);
        var page = open.Page;
        await page.EvaluateAsync("""
            () => {
                window.reached = new Set();
                document.addEventListener('focusin', event => window.reached.add(event.target));
            }
            """);
        await page.Keyboard.PressAsync("Tab");
        (await Focused(page)).ShouldBe("Skip to the run");
        for (var i = 0; i < 80 && await page.EvaluateAsync<bool>("document.activeElement !== document.body"); i++) await page.Keyboard.PressAsync("Tab");
        var missed = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('a[href], button, select, summary, [tabindex="0"]')]
                .filter(control => control.checkVisibility() && !window.reached.has(control)).map(control => control.outerHTML.slice(0, 120))
            """);
        missed.ShouldBeEmpty();

        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("document.activeElement.id === 'content'");
        var head = page.Locator("#experts-table th", new() { HasText = "Samples" });
        await head.Locator("button").FocusAsync();
        foreach (var order in (string[])["descending", "ascending"])
        {
            await page.Keyboard.PressAsync("Enter");
            await page.Locator($"#experts-table th[aria-sort={order}]", new() { HasText = "Samples" }).WaitForAsync();
            (await Focused(page)).ShouldBe("Samples");
        }

        Clean(open, server);
    }

    [Fact]
    public async Task A_page_with_a_token_asks_for_it_once()
    {
        var server = await cluster.Serve(token: Token);
        await using var open = await OpenPage.Load(await browser.NewContext(new() { ViewportSize = new() { Width = Phone, Height = 900 } }), server.Address);
        var page = open.Page;
        (await Violations(page)).ShouldBeEmpty();
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe("token");
        await page.Keyboard.TypeAsync("a wrong one");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("This is not the token of this page.").WaitForAsync();
        (await Violations(page)).ShouldBeEmpty();
        await page.GetByLabel("Token").FillAsync(Token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Moves(page);
        page.Url.ShouldBe(server.Address);
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync($"{server.Address}?token={Token}");
        await Moves(page);
        page.Url.ShouldBe(server.Address);

        await server.DisposeAsync();
        await using var next = await cluster.Serve(server.Endpoint.Port, Token.Replace('f', 'e'));
        await page.GetByText("The session is over. Sign in again").WaitForAsync();
        (await Step(page)).ShouldBeGreaterThan(0);
        Clean(open, next, "error: Failed to load resource: ");
        open.Requests.Where(address => address.Contains(Token, StringComparison.Ordinal)).ShouldHaveSingleItem();
    }

    /// <summary>Opens a page and waits until all of it has data.</summary>
    private async Task<OpenPage> Open(string address, int width, int height = 900)
    {
        var open = await OpenPage.Load(await browser.NewContext(new() { ViewportSize = new() { Width = width, Height = height } }), address);
        try
        {
            await open.Page.Locator(address.Contains("?run=", StringComparison.Ordinal) ? "#summary p" : "#waterfall tbody tr").First.WaitForAsync();
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the run has gone on, twice as seen on the page.</summary>
    private static async Task Moves(IPage page)
    {
        for (var i = 0; i < 2; i++)
        {
            await page.WaitForFunctionAsync("before => { const text = document.getElementById('progress-text')?.textContent ?? ''; return text.includes('per second') && text !== before; }",
                await page.EvaluateAsync<string?>("document.getElementById('progress-text')?.textContent"));
        }
    }

    private static async Task<long> Step(IPage page) =>
        long.Parse(Digits().Match((await page.Locator("#progress-text").InnerTextAsync()).Replace(",", "", StringComparison.Ordinal)).Value, System.Globalization.CultureInfo.InvariantCulture);

    private static Task<string> Focused(IPage page) => page.EvaluateAsync<string>("document.activeElement.textContent");

    private static async Task<string[]> Violations(IPage page, params List<string> rules)
    {
        var result = await page.RunAxe(new AxeRunOptions
        {
            ResultTypes = [ResultType.Violations],
            RunOnly = rules.Count == 0 ? null : new RunOnlyOptions { Type = "rule", Values = rules },
        });
        return [.. result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Take(3).Select(node => $"{node.Html} {node.Any.FirstOrDefault()?.Message}"))}")];
    }

    /// <summary>Nothing was asked of another machine, and the page complained of nothing.</summary>
    private static void Clean(OpenPage open, PageServer server, string allowed = "-")
    {
        open.Requests.Where(address => !address.StartsWith(server.Address, StringComparison.Ordinal) && !address.StartsWith("data:", StringComparison.Ordinal)).ShouldBeEmpty();
        open.Complaints.Where(complaint => !complaint.StartsWith(allowed, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("^[0-9]+")]
    private static partial Regex Digits();
}
