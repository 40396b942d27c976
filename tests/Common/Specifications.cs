using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Tests;

/// <summary>Small runs.</summary>
internal static class Specifications
{
    /// <summary>700 samples in eleven blocks, six steps of the reference recipe.</summary>
    public static RunSpec Small(params string[] assignments)
    {
        var builder = new SpecificationBuilder();
        foreach (var assignment in (string[])["data.train=700", "data.test=300", "training.block=64", "training.steps=6", .. assignments]) builder.Set(assignment);
        return builder.Build();
    }

    /// <summary>What the sequential trainer makes of a specification.</summary>
    public static TrainingOutcome<float> Outcome(RunSpec spec) => new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();

    /// <summary>Hash of its final weights.</summary>
    public static string Sequential(RunSpec spec) => Outcome(spec).Weights.Sha256();
}
