namespace MoeOrleans.Coordinator.Training;

/// <summary>Another coordinator has taken the run: this one stops acting on it.</summary>
/// <param name="message">What showed it.</param>
internal sealed class DeposedException(string message) : InvalidOperationException(message);
