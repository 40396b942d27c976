namespace MoeOrleans.Page.Tests;

/// <summary>Report pages as files, once for all tests of a class; deleted afterwards.</summary>
/// <param name="browser">The browser to see them in.</param>
public sealed class ReportFiles(Browser browser) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("moe-pages-").FullName;
    private readonly Lock _lock = new();
    private bool _isWritten;

    /// <summary>Opens a page offline.</summary>
    public async Task<OpenPage> Open(string page, int width)
    {
        var context = await browser.NewContext(new() { Offline = true, ViewportSize = new() { Width = width, Height = 900 } });
        Write();
        return await OpenPage.Load(context, new Uri(Path.Combine(_folder, page, "report.html")).AbsoluteUri);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write()
    {
        lock (_lock)
        {
            if (!_isWritten) Pages.Write(_folder);
            _isWritten = true;
        }
    }
}
