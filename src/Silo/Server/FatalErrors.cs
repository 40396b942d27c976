using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Silo.Server;

/// <summary>
/// Receives Orleans' fatal errors. Orleans' own handler writes a hundred lines and aborts the process. The usual error is that the other
/// silos have declared this one dead.
/// </summary>
/// <param name="status">The silo's status.</param>
/// <param name="end">Ends the process.</param>
internal sealed class FatalErrors(Func<SiloStatus> status, SiloEnd end) : IFatalErrorHandler
{
    /// <summary>What a user reads if the cluster has declared the silo dead.</summary>
    public const string DeclaredDead =
        "the cluster has declared this silo dead, because it did not answer the other silos for some seconds; "
        + "check whether its machine was suspended or out of memory, its clock was set, or its network failed, then start the silo again";

    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (status() == SiloStatus.Dead) end.Now(DeclaredDead, SiloExitCode.LeftCluster);
        else end.Now($"Orleans cannot go on: {(exception?.GetBaseException().Message ?? context ?? "no reason is known").ReplaceLineEndings(" ")}", SiloExitCode.Failure);
    }
}
