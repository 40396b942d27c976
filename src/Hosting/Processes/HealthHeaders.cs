namespace MoeOrleans.Hosting.Processes;

/// <summary>Headers in the answers of a silo's health endpoints.</summary>
internal static class HealthHeaders
{
    /// <summary>Id of the process that answers. The program that started a silo can so tell it from another program at the same port.</summary>
    public const string Process = "Moe-Process";
}
