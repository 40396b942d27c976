using Microsoft.Playwright;

namespace MoeOrleans.Page.Tests.Live;

/// <summary>Writes the pictures of the documents, on request: CONTRIBUTING.md has the command. They show a run that trains at the usual port.</summary>
public sealed class ScreenshotTests(Browser browser)
{
    private const string Variable = "MOE_PAGE_SCREENSHOTS";
    private const string Page = "http://127.0.0.1:8321/";

    [Theory]
    [InlineData("desktop", 1280, ColorScheme.Light)]
    [InlineData("desktop", 1280, ColorScheme.Dark)]
    [InlineData("phone", 390, ColorScheme.Light)]
    [InlineData("phone", 390, ColorScheme.Dark)]
    public async Task The_page_is_seen_in_the_documents(string device, int width, ColorScheme scheme)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder)
        {
            Assert.Skip($"{Variable} names no folder for the pictures");
            return;
        }

        var context = await browser.NewContext(new() { ViewportSize = new() { Width = width, Height = 2400 }, ColorScheme = scheme });
        await using var open = await OpenPage.Load(context, Page);
        await open.Page.Locator("#waterfall tbody tr").First.WaitForAsync();
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var file = Path.Combine(folder, $"page-{device}-{scheme.ToString().ToLowerInvariant()}.png");
        // From the head to the heat map.
        var last = (await open.Page.Locator("#dispatch").BoundingBoxAsync())!;
        await open.Page.ScreenshotAsync(new() { Path = file, Clip = new() { Width = width, Height = MathF.Floor(last.Y + last.Height + 12) } });
        new FileInfo(file).Length.ShouldBeLessThan(300_000);
    }
}
