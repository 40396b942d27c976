using MoeOrleans.Grains.Calls;

namespace MoeOrleans.Hosting.Processes;

/// <summary>A silo process that did not start. The message is one line, with the reason that the silo gave.</summary>
/// <param name="message">The line.</param>
/// <param name="isPortInUse">Whether another program has taken a port of the silo.</param>
/// <param name="log">The log file that the message names; null for none.</param>
internal sealed class SiloStartException(string message, bool isPortInUse, string? log = null) : Exception(message)
{
    public bool IsPortInUse => isPortInUse;

    public string? Log => log;

    /// <summary>
    /// Starts silos again on other ports. A port that was free when it was chosen may be taken when the silo opens it.
    /// </summary>
    /// <param name="time">The clock.</param>
    public static RetryPolicy RetryOnOtherPorts(TimeProvider time) =>
        new(time) { AttemptLimit = 3, IsTransient = failure => failure is SiloStartException { IsPortInUse: true } };
}
