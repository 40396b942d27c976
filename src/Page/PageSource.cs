using System.Reflection;
using MoeOrleans.Hosting.Training;

namespace MoeOrleans.Page;

/// <summary>The cluster that the page shows.</summary>
/// <param name="Client">The client that finds its runs.</param>
/// <param name="Server">Who serves the page: a silo's name, or <c>moe train</c>.</param>
/// <param name="IsCommand">Whether that is a command, which ends with its run.</param>
/// <param name="Time">The clock.</param>
internal sealed record PageSource(TrainingClient Client, string Server, bool IsCommand, TimeProvider Time)
{
    // A page that is a moment old is better than one that waits.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(PageSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Where grains are found.</summary>
    public IGrainFactory Grains => Client.Grains;

    /// <summary>Waits for the answer of a grain, not for long.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="call">The call.</param>
    public Task<T> Ask<T>(Task<T> call) => call.WaitAsync(s_timeout, Time);
}
