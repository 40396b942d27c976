using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;

namespace MoeOrleans.Hosting.Tls;

/// <summary>What the log of a silo says of connections and certificates.</summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed partial class ConnectionLog(ILogger<ConnectionLog> log, TimeProvider time)
{
    private readonly RefusalLimit _limit = new(time);

    /// <summary>This silo refused a connection.</summary>
    /// <param name="port">Which of its ports.</param>
    /// <param name="peer">Who connected.</param>
    /// <param name="reason">Why it was refused.</param>
    public void Refused(string port, EndPoint? peer, string reason)
    {
        // Each connection comes from another port.
        var address = (peer as IPEndPoint)?.Address.ToString() ?? "an unknown address";
        if (Admit($"{port} {address} {reason}")) LogRefused(log, port, address, reason);
    }

    /// <summary>This silo could not connect to another one.</summary>
    /// <param name="silo">Where that silo listens.</param>
    /// <param name="reason">Why.</param>
    public void NotConnected(EndPoint? silo, string reason)
    {
        var address = silo?.ToString() ?? "an unknown address";
        if (Admit($"to {address} {reason}")) LogNotConnected(log, address, reason);
    }

    public void Renewed(TlsIdentity identity)
    {
        var (serial, end) = (identity.Certificate.SerialNumber, identity.Certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        LogRenewed(log, serial, end);
    }

    public void Faulty(string reason) => LogFaulty(log, reason);

    private bool Admit(string line)
    {
        var admitted = _limit.Admit(line, out var left);
        if (left > 0) LogLeftOut(log, left);
        return admitted;
    }

    [LoggerMessage(EventId = 2211, Level = LogLevel.Warning, Message = "Refused a connection to the {Port} port from {Address}: {Reason}")]
    private static partial void LogRefused(ILogger log, string port, string address, string reason);

    [LoggerMessage(EventId = 2212, Level = LogLevel.Warning, Message = "Cannot connect to the silo at {Address}: {Reason}")]
    private static partial void LogNotConnected(ILogger log, string address, string reason);

    [LoggerMessage(EventId = 2213, Level = LogLevel.Warning, Message = "{Count} more connections were refused")]
    private static partial void LogLeftOut(ILogger log, int count);

    [LoggerMessage(EventId = 2214, Level = LogLevel.Information, Message = "Certificates were read again: new connections use number {Serial}, valid until {End}")]
    private static partial void LogRenewed(ILogger log, string serial, string end);

    [LoggerMessage(EventId = 2215, Level = LogLevel.Warning, Message = "Changed certificates cannot be used, those read before stay in use: {Reason}")]
    private static partial void LogFaulty(ILogger log, string reason);
}
