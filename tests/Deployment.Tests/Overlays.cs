using System.Collections.Concurrent;
using MoeOrleans.Deployment.Tests.Rendering;

namespace MoeOrleans.Deployment.Tests;

/// <summary>What users apply: the silos and the Job of each overlay, with every component.</summary>
internal static class Overlays
{
    public static readonly string[] All = ["laptop", "production", "laptop with all components"];

    private static readonly ConcurrentDictionary<string, Lazy<Task<Manifest>>> s_rendered = new();

    /// <summary>The silos and the Job of an overlay; each is rendered once.</summary>
    public static Task<Manifest> Render(string overlay) => s_rendered.GetOrAdd(overlay, new Lazy<Task<Manifest>>(() => Make(overlay))).Value;

    private static Task<Manifest> Make(string overlay) => overlay switch
    {
        "laptop with all components" => Manifest.RenderWith(["overlays/laptop", "overlays/laptop/training"], ["tls", "monitoring", "telemetry", "kueue", "data", "redis-authority"]),
        _ => Manifest.Render($"overlays/{overlay}", $"overlays/{overlay}/training"),
    };
}
