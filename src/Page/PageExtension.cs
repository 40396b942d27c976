using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MoeOrleans.Page;

/// <summary>Something else that is served at the page's port, behind the same guard.</summary>
/// <param name="Path">Where, such as <c>/orleans</c>. Its pages may have scripts of their own inside.</param>
/// <param name="AddServices">Adds what it needs.</param>
/// <param name="Map">Maps it.</param>
internal sealed record PageExtension(string Path, Action<IServiceCollection> AddServices, Action<WebApplication> Map);
