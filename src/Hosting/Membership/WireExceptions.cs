using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace MoeOrleans.Hosting.Membership;

/// <summary>Lets every exception of a grain reach its caller in another process, those of MoeOrleans and of outside kinds of expert too.</summary>
internal static class WireExceptions
{
    // Orleans sends only exceptions of .NET: of any other its caller would hear that there is no codec, instead of what went wrong.
    public static IServiceCollection SendEveryException(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedExceptionTypeFilter = static _ => true);
}
