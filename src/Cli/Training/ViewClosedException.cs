namespace MoeOrleans.Cli.Training;

/// <summary>The program that read the progress has ended.</summary>
internal sealed class ViewClosedException : Exception;
