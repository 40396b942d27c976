namespace MoeOrleans.Telemetry;

/// <summary>What a process is called in a telemetry backend.</summary>
/// <param name="Service">Its program.</param>
/// <param name="Instance">Which one it is: the silo's name.</param>
/// <param name="OrleansCalls">Whether it also exports Orleans' own spans, two for each call.</param>
internal sealed record TelemetrySource(string Service, string Instance, bool OrleansCalls);
