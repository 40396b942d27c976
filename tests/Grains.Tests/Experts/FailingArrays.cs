using MoeOrleans.Grains.Lane;

namespace MoeOrleans.Grains.Tests.Experts;

/// <summary>One use of the arrays fails, as if memory had run out.</summary>
/// <param name="failing">Which use, from 1; 0 for none.</param>
internal sealed class FailingArrays(int failing) : ArraySource
{
    private int _uses;
    private bool _isChecking;

    /// <summary>Whether there were enough uses for one to fail.</summary>
    public bool HasFailed => failing > 0 && _uses >= failing;

    /// <summary>Uses of a check count for nothing.</summary>
    public T Check<T>(Func<T> check)
    {
        _isChecking = true;
        try
        {
            return check();
        }
        finally
        {
            _isChecking = false;
        }
    }

    protected override void BeforeUse()
    {
        if (!_isChecking && ++_uses == failing) throw new InsufficientMemoryException($"use {failing} of an array failed");
    }
}
