using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace MoeOrleans.Page;

/// <summary>The files of the page, which this assembly carries: a browser loads nothing from elsewhere.</summary>
internal static class PageAssets
{
    private static readonly Assembly s_assembly = typeof(PageAssets).Assembly;
    private static readonly FileExtensionContentTypeProvider s_types = new();
    private static readonly string s_version = $"\"{s_assembly.ManifestModule.ModuleVersionId:N}\"";

    /// <summary>Maps / and /assets/NAME.</summary>
    /// <param name="application">The application.</param>
    public static void Map(WebApplication application)
    {
        application.MapGet("/", context => Send(context, "index.html"));
        application.MapGet("/assets/{name}", context => Send(context, (string)context.Request.RouteValues["name"]!));
    }

    /// <summary>The text of a file.</summary>
    /// <param name="name">Its name.</param>
    public static string Text(string name)
    {
        using var reader = new StreamReader(s_assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"The page has no file {name}."));
        return reader.ReadToEnd();
    }

    private static async Task Send(HttpContext context, string name)
    {
        await using var file = s_assembly.GetManifestResourceStream(name);
        if (file is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // They change only with the program: a browser asks whether they did.
        (context.Response.Headers.CacheControl, context.Response.Headers.ETag) = ("no-cache", s_version);
        if (context.Request.Headers[HeaderNames.IfNoneMatch] == s_version)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = s_types.TryGetContentType(name, out var type) ? (type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type) : "application/octet-stream";
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
