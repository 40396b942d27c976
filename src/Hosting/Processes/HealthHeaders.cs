namespace MoeOrleans.Hosting.LocalSilos;

/// <summary>Headers of what the health endpoints answer.</summary>
public static class HealthHeaders
{
    /// <summary>Id of the process that answers: whoever has started a silo can tell it from another one at the same port.</summary>
    public const string Process = "Moe-Process";
}
