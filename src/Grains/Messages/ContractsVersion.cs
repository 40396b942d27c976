namespace MoeOrleans.Grains.Messages;

/// <summary>Version of the messages between silos, and between silos and clients.</summary>
internal static class ContractsVersion
{
    /// <summary>Raised whenever a message changes so that silos of before and after could misread each other.</summary>
    public const int Current = 2;
}
