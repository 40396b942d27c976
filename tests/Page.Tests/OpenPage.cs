using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MoeOrleans.Page.Tests;

/// <summary>A page in a browser, and all that it, and what it opened, asked for and complained of.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private OpenPage(IBrowserContext context, IPage page, string address) => (_context, Page, Address) = (context, page, address);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Its address.</summary>
    public string Address { get; }

    /// <summary>Addresses that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Script errors and console messages.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Loads a page.</summary>
    public static async Task<OpenPage> Load(IBrowserContext context, string address)
    {
        try
        {
            var open = new OpenPage(context, await context.NewPageAsync(), address);
            context.Request += (_, request) => open.Requests.Enqueue(request.Url);
            context.WebError += (_, error) => open.Complaints.Enqueue(error.Error);
            context.Console += (_, message) => open.Complaints.Enqueue($"{message.Type}: {message.Text}");
            await open.Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Load });
            return open;
        }
        catch
        {
            await context.CloseAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
