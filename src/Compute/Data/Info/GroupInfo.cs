namespace MoeOrleans.Compute.Data.Info;

/// <summary>The samples of a class or a cluster.</summary>
/// <param name="Number">The class or cluster, from 0.</param>
/// <param name="Train">Its training samples; null if they are not known.</param>
/// <param name="Test">Its test samples; null if they are not known.</param>
/// <param name="Name">Its name; null if it has none.</param>
internal sealed record GroupInfo(int Number, int? Train, int? Test, string? Name = null);
