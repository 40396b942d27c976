namespace MoeOrleans.Silo.Hosting;

/// <summary>Whether the silo is about to leave.</summary>
internal sealed class DrainState
{
    private volatile bool _isDraining;

    public bool IsDraining => _isDraining;

    public void Begin() => _isDraining = true;
}
