using Microsoft.Playwright;

namespace MoeOrleans.Page.Tests;

/// <summary>The pages and a browser to see them in, once for all tests; both are gone afterwards, also where a test failed.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("moe-pages-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The folder of a page.</summary>
    public string Folder(string page) => Path.Combine(_folder, page);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is not { } path) return;
        try
        {
            Pages.Write(_folder);
            _playwright = await Playwright.CreateAsync();
            // Playwright gives it a new profile, which it deletes.
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, ChromiumSandbox = false, Args = Arguments });
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page offline. The test is skipped where there is no browser.</summary>
    public async Task<OpenPage> Open(string page, int width)
    {
        if (_browser is null) Assert.Skip(Chromium.HowToInstall);
        var context = await _browser.NewContextAsync(new() { Offline = true, ViewportSize = new() { Width = width, Height = 900 } });
        return await OpenPage.Load(context, new Uri(Path.Combine(Folder(page), "report.html")).AbsoluteUri);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        (_browser, _playwright) = (null, null);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
