namespace MoeOrleans.Grains.Experts;

/// <summary>Lets calls of one expert wait until its version changes. What waits goes on in turns of its own, in the order it came.</summary>
internal sealed class VersionChange
{
    private TaskCompletionSource? _change;

    /// <summary>Ends when the version has changed, in whatever way.</summary>
    public Task Wait() => (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The version has changed.</summary>
    public void Signal()
    {
        var change = _change;
        _change = null;
        change?.SetResult();
    }

    /// <summary>It will not change here any more: whatever waits fails.</summary>
    /// <param name="reason">Why, for whoever called.</param>
    public void Fail(string reason)
    {
        var change = _change;
        _change = null;
        change?.SetException(new InvalidOperationException(reason));
    }
}
