using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests;

public sealed class ArchitectureTests
{
    // Mathematics alone: no actors, hosting, logging, configuration or console.
    [Fact]
    public void Compute_references_the_base_library_and_a_reader_of_CSV()
    {
        var names = typeof(SequentialTrainer<>).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToList();
        names.ShouldNotBeEmpty();
        names.ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal) || name == "Sep");
        names.ShouldNotContain("System.Console");
        names.ShouldNotContain(name => name.StartsWith("System.Net", StringComparison.Ordinal));
    }
}
