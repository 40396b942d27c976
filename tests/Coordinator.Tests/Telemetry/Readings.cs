using System.Diagnostics.Metrics;

namespace MoeOrleans.Coordinator.Tests.Telemetry;

/// <summary>Listens to the instruments that the code of a test creates, and to no other test's.</summary>
internal sealed class Readings : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, string Tags, double Value)> _all = [];
    private readonly int? _thread;

    public Readings()
    {
        // Instruments are published on the thread that creates them.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_thread == Environment.CurrentManagedThreadId) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        _thread = Environment.CurrentManagedThreadId;
    }

    /// <summary>The values of an instrument, with those tags, in the order they were recorded.</summary>
    public double[] Of(string name, string tags = "") => [.. _all.Where(reading => reading.Name == name && reading.Tags == tags).Select(reading => reading.Value)];

    /// <summary>The tags of an instrument's values.</summary>
    public string[] Tags(string name) => [.. _all.Where(reading => reading.Name == name).Select(reading => reading.Tags).Distinct()];

    /// <summary>Reads the instruments that are observed.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Add((instrument.Name, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")), value));
}
