namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>A checkpoint: all of a version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Theta">The router's weights.</param>
/// <param name="Experts">State and best state of each expert.</param>
internal sealed record StoredManifest(long Version, ulong Theta, (ulong State, ulong Best)[] Experts);
