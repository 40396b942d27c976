using System.Reflection;

namespace MoeOrleans.Hosting.Tests;

/// <summary>Dependencies point one way: Silo -> Coordinator -> Grains -> Compute.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] s_layers = ["MoeOrleans.Compute", "MoeOrleans.Grains", "MoeOrleans.Coordinator", "moe-silo"];

    [Theory]
    [InlineData("MoeOrleans.Compute")]
    [InlineData("MoeOrleans.Grains")]
    [InlineData("MoeOrleans.Coordinator")]
    [InlineData("moe-silo")]
    public void A_project_refers_only_to_those_below_it(string project)
    {
        var below = s_layers.TakeWhile(layer => layer != project).ToArray();
        var own = Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("MoeOrleans.", StringComparison.Ordinal) || name.StartsWith("moe", StringComparison.Ordinal));
        own.ShouldBeSubsetOf(below);
    }

    [Fact]
    public void Contracts_have_stable_aliases_with_a_version()
    {
        var contracts = new[] { Assembly.Load("MoeOrleans.Grains"), Assembly.Load("MoeOrleans.Coordinator") }
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type.Namespace!.EndsWith(".Contracts", StringComparison.Ordinal))
            .Where(type => type.IsInterface || type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
            .ToArray();
        contracts.Length.ShouldBeGreaterThan(15);
        foreach (var type in contracts)
            type.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull(type.Name).Alias.ShouldMatch($@"^moe\.{type.Name}\.v\d+$");
        foreach (var type in contracts.Where(type => !type.IsInterface))
            type.GetCustomAttribute<ImmutableAttribute>().ShouldNotBeNull(type.Name);
    }
}
