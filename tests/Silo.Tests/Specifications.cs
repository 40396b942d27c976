using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Silo.Tests;

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
}
