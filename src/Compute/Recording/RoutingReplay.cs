using System.Globalization;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Recording;

/// <summary>A recording of every step of a run, whose experts replace the router's choice. Threads may share an instance.</summary>
internal sealed class RoutingReplay
{
    private readonly List<(int[]? Samples, ushort[] Experts)> _steps = [];

    private RoutingReplay()
    {
    }

    /// <summary>The recording that a specification names; null if it names none.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="UnreadableFileException">The file cannot be read, has changed, or does not fit the specification.</exception>
    public static RoutingReplay? Load(RunSpec spec)
    {
        if (spec.Routing.ReplaySha256.Length == 0) return null;
        var (path, replay) = (RoutingFile.PathIn(spec.Routing.ReplayPath), new RoutingReplay());
        var found = RoutingFile.Read(path, header => Check(header, spec, path), step =>
        {
            if (step.Step != replay._steps.Count) throw new UnreadableFileException($"{path}: has no step {replay._steps.Count}: a replay needs a recording of every step (--record-routing-every 1)");
            replay._steps.Add((step.Samples.Length == spec.Data.Train ? null : step.Samples, step.Experts));
        });
        if (found != spec.Routing.ReplaySha256)
            throw new UnreadableFileException($"{path}: the file has changed: its SHA-256 is {found}, but the specification has {spec.Routing.ReplaySha256}");
        if (replay._steps.Count < spec.Training.Steps)
            throw new UnreadableFileException(string.Create(CultureInfo.InvariantCulture, $"{path}: has {replay._steps.Count} steps, but training.steps is {spec.Training.Steps}: train at most {replay._steps.Count} steps"));
        return replay;
    }

    /// <summary>The recorded experts of some samples.</summary>
    /// <param name="step">The step.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="experts">Receives the expert of each.</param>
    /// <exception cref="InvalidDataException">A sample is not in the recorded step: its minibatches are others.</exception>
    public void Experts(long step, ReadOnlySpan<int> samples, Span<int> experts)
    {
        var (listed, recorded) = _steps[(int)step];
        for (var i = 0; i < samples.Length; i++)
        {
            var at = listed is null ? samples[i] : Array.BinarySearch(listed, samples[i]);
            if (at < 0) throw new InvalidDataException($"The recording has no sample {samples[i]} in step {step}: it is of other minibatches.");
            experts[i] = recorded[at];
        }
    }

    private static void Check(RoutingFileHeader header, RunSpec spec, string path)
    {
        if (header.Experts != spec.Model.Experts) throw new UnreadableFileException($"{path}: is of {header.Experts} experts, but model.experts is {spec.Model.Experts}");
        if (header.Train != spec.Data.Train) throw new UnreadableFileException($"{path}: is of {header.Train} training samples, but data.train is {spec.Data.Train}");
    }
}
