namespace MoeOrleans.Grains.Messages;

/// <summary>Version of the messages between silos, and between silos and clients.</summary>
internal static class ContractsVersion
{
    /// <summary>Raised with every change that silos of the version before would misread.</summary>
    public const int Current = 7;
}
