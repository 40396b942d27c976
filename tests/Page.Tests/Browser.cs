using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(MoeOrleans.Page.Tests.Browser))]

namespace MoeOrleans.Page.Tests;

/// <summary>One browser for all tests, started by the first that needs it.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(Start);

    /// <summary>A new profile in the browser. The test is skipped where there is no browser.</summary>
    public async Task<IBrowserContext> NewContext(BrowserNewContextOptions options)
    {
        if (Chromium.Find() is null) Assert.Skip(Chromium.HowToInstall);
        return await (await _started.Value).Browser.NewContextAsync(options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated) return;
        var (playwright, browser) = await _started.Value;
        await browser.CloseAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> Start()
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            // Playwright gives it a new profile, which it deletes.
            return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Find(), Headless = true, ChromiumSandbox = false, Args = Arguments }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }
}
