using MoeOrleans.Cli.Views;

namespace MoeOrleans.Cli.Training;

/// <summary>
/// What a command disposes of after its result is written: connections, silos and clusters. A failure then is a warning; it costs neither the
/// result nor the exit code, and hides no earlier failure.
/// </summary>
internal sealed class CleanUp : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _resources = [];

    /// <summary>Disposes of a resource in the end; the last one added comes first.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>The resource.</returns>
    public T Add<T>(T resource)
        where T : IAsyncDisposable
    {
        _resources.Push(resource);
        return resource;
    }

    /// <summary>Does something that the result does not need; a failure is a warning.</summary>
    /// <param name="action">What is done.</param>
    public static async Task Try(Func<Task> action)
    {
        try
        {
            await action();
        }
#pragma warning disable CA1031 // Whatever fails, the result is complete.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Consoles.Note($"warning: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_resources.TryPop(out var resource)) await Try(() => resource.DisposeAsync().AsTask());
    }
}
