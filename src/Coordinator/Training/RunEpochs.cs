using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Coordinator.Training;

/// <summary>The epochs of a run, and those whose load is recorded: at most 200, evenly spaced, so that the records of long runs stay small.</summary>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="LoadEvery">Epochs from one record of the load to the next.</param>
internal readonly record struct RunEpochs(long Steps, long LoadEvery)
{
    /// <summary>Most records of the load.</summary>
    public const int MostLoads = 200;

    // Half a megabyte, which LargestMessage need not count.
    private const int MostNumbers = 1 << 17;

    /// <summary>The epochs of a specification.</summary>
    /// <param name="spec">The specification.</param>
    public static RunEpochs Of(RunSpec spec)
    {
        var steps = new MinibatchOrder(spec.Training, spec.Data.Train).StepsPerEpoch;
        var epochs = (spec.Training.Steps + steps - 1) / steps;
        var most = Math.Min(MostLoads, MostNumbers / spec.Model.Experts);
        return new RunEpochs(steps, (epochs + most - 1) / most);
    }

    /// <summary>Whether the load of the epoch that a step ends is recorded.</summary>
    /// <param name="step">The last step of an epoch.</param>
    public bool RecordsLoad(long step) => (step + 1) / Steps % LoadEvery == 0;
}
