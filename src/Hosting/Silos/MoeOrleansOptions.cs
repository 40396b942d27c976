using System.Globalization;
using MoeOrleans.Compute.Data;
using MoeOrleans.Coordinator.Telemetry;

namespace MoeOrleans.Hosting.Silos;

/// <summary>What a silo gives to training. <see cref="SiloBuilderExtensions.AddMoeOrleans"/> checks the values.</summary>
public sealed class MoeOrleansOptions
{
    internal const int MaxThreads = 256;
    internal const int MaxMetricsExperts = 4096;
    internal static readonly TimeSpan MaxDrainTimeout = TimeSpan.FromHours(1);

    /// <summary>Compute threads: 1 to 256. By default the number of cores.</summary>
    public int Threads { get; set; } = DefaultThreads;

    /// <summary>
    /// Folder through which the silos of one machine share the data sets that they generate, so that each data set is in memory once.
    /// It must exist. By default null: each silo has its own.
    /// </summary>
    public string? DataFolder { get; set; }

    /// <summary>
    /// How long a silo that is asked to stop waits at most until its experts, routers and coordinators have moved to other silos: zero to
    /// one hour. Zero stops at once. By default 30 seconds; a silo without others never waits.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Experts of a run that have metrics of their own: 0 to 4096, by default 64. The others are one series together.</summary>
    public int MetricsExperts { get; set; } = TelemetryOptions.DefaultExperts;

    internal static int DefaultThreads => Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <exception cref="ConfigurationException">A value is not allowed.</exception>
    internal void Validate()
    {
        if (Threads is < 1 or > MaxThreads)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{nameof(Threads)}: must be 1 to {MaxThreads}, got {Threads}"));
        if (MetricsExperts is < 0 or > MaxMetricsExperts)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{nameof(MetricsExperts)}: must be 0 to {MaxMetricsExperts}, got {MetricsExperts}"));
        if (DataFolder is { } folder && !Directory.Exists(folder))
            throw new ConfigurationException($"{nameof(DataFolder)}: must be a folder that exists, got '{folder.ReplaceLineEndings(" ")}'");
        if (DataFolder is { } shared && SharedData.Refusal(shared) is { } refusal) throw new ConfigurationException($"{nameof(DataFolder)}: {refusal}");
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > MaxDrainTimeout)
            throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{nameof(DrainTimeout)}: must be 0 to {MaxDrainTimeout.TotalSeconds:0} s, got {DrainTimeout.TotalSeconds:R} s"));
    }
}
