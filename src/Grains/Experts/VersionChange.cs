namespace MoeOrleans.Grains.Experts;

/// <summary>Lets calls of one expert wait until its version changes. They continue in turns of their own, in the order they came.</summary>
internal sealed class VersionChange
{
    private TaskCompletionSource? _change;

    /// <summary>Ends when the version has changed, by a commit or a restore.</summary>
    public Task Wait() => (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The version has changed.</summary>
    public void Signal()
    {
        var change = _change;
        _change = null;
        change?.SetResult();
    }

    /// <summary>The expert leaves the silo: all waiting calls fail.</summary>
    /// <param name="reason">Why, for the callers.</param>
    public void Fail(string reason)
    {
        var change = _change;
        _change = null;
        change?.SetException(new InvalidOperationException(reason));
    }
}
