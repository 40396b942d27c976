using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MoeOrleans.Page.Access;

/// <summary>
/// Lets through who may see the page. A token is exchanged once, by the form of the sign-in page or by <c>/?token=...</c>, for a cookie
/// that scripts cannot read and other sites cannot send.
/// </summary>
internal sealed class AccessGuard
{
    /// <summary>Where the form sends the token.</summary>
    public const string SignIn = "/sign-in";

    private readonly SessionCookie? _session;
    private readonly AllowedHosts _hosts;
    private readonly string? _foreign;

    /// <param name="settings">Who may see the page.</param>
    /// <param name="time">The clock.</param>
    /// <param name="foreign">Path below which pages are not of this project; null for none.</param>
    public AccessGuard(PageSettings settings, TimeProvider time, string? foreign = null)
    {
        _foreign = foreign;
        _hosts = new AllowedHosts(settings.Hosts);
        _session = settings.Token is { } token ? new SessionCookie(token, time) : null;
    }

    /// <summary>Puts the guard before everything else.</summary>
    /// <param name="application">The application.</param>
    public void Protect(WebApplication application)
    {
        application.Use(async (context, next) =>
        {
            Harden(context.Response.Headers, isForeign: _foreign is not null && context.Request.Path.StartsWithSegments(_foreign));
            if (!_hosts.Allow(context.Request.Host, context.Connection.LocalIpAddress))
                await Refuse(context, StatusCodes.Status421MisdirectedRequest, "this page is not known by that host name: ask for its address, or for localhost; --page-hosts of moe-silo allows further names");
            else if (_session is null) await next(context);
            else await Check(_session, context, next);
        });
    }

    private static async Task Check(SessionCookie session, HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.Path == SignIn) await Exchange(session, context, await FormToken(request));
        else if (HttpMethods.IsGet(request.Method) && request.Path == "/" && request.Query.TryGetValue("token", out var token)) await Exchange(session, context, token.ToString());
        else if (request.Cookies.TryGetValue(session.Name, out var cookie) && session.IsValid(cookie)) await next(context);
        else if (HttpMethods.IsGet(request.Method) && request.Path == "/") await ShowSignIn(context, error: "");
        else await Refuse(context, StatusCodes.Status401Unauthorized, "sign in at / first");
    }

    private static async Task Exchange(SessionCookie session, HttpContext context, string token)
    {
        if (!session.IsToken(token))
        {
            await ShowSignIn(context, "This is not the token of this page.");
            return;
        }

        context.Response.Cookies.Append(session.Name, session.New(), new CookieOptions
        {
            HttpOnly = true,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            MaxAge = SessionCookie.Lifetime,
            Path = "/",
        });
        // The address that the browser keeps has no token.
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/";
    }

    private static async Task ShowSignIn(HttpContext context, string error)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(PageAssets.Text("sign-in.html").Replace("<!--error-->", error, StringComparison.Ordinal), context.RequestAborted);
    }

    private static async Task<string> FormToken(HttpRequest request)
    {
        if (request.ContentLength is null or > 2 * PageSettings.MaxTokenLength || !request.HasFormContentType) return "";
        return (await request.ReadFormAsync(request.HttpContext.RequestAborted))["token"].ToString();
    }

    private static async Task Refuse(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"{why}\n", context.RequestAborted);
    }

    private static void Harden(IHeaderDictionary headers, bool isForeign)
    {
        // Orleans' dashboard has scripts inside its pages. Nothing is loaded from, or sent to, elsewhere in either case.
        var scripts = isForeign ? "'self' 'unsafe-inline' 'unsafe-eval'" : "'self'";
        headers[HeaderNames.ContentSecurityPolicy] =
            $"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers[HeaderNames.CacheControl] = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
