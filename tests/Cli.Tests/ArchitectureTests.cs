using System.Reflection;

namespace MoeOrleans.Cli.Tests;

/// <summary>Dependencies point one way: Cli, Silo, Bench -> Page, Telemetry -> Hosting -> Coordinator -> Grains -> Runs -> Compute, and Page -> Reports -> Runs.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] s_runs = ["MoeOrleans.Runs", "MoeOrleans.Compute"];
    private static readonly string[] s_hosting = ["MoeOrleans.Hosting", "MoeOrleans.Coordinator", "MoeOrleans.Grains", .. s_runs];

    public static TheoryData<string, string[]> Projects => new()
    {
        { "MoeOrleans.Compute", [] },
        { "MoeOrleans.Runs", ["MoeOrleans.Compute"] },
        { "MoeOrleans.Grains", s_runs },
        { "MoeOrleans.Coordinator", ["MoeOrleans.Grains", .. s_runs] },
        { "MoeOrleans.Hosting", s_hosting[1..] },
        { "MoeOrleans.Reports", s_runs },
        { "MoeOrleans.Bench", ["MoeOrleans.Telemetry", .. s_hosting] },
        { "MoeOrleans.Telemetry", s_hosting },
        { "MoeOrleans.Page", ["MoeOrleans.Reports", .. s_hosting] },
        { "moe-silo", ["MoeOrleans.Page", "MoeOrleans.Telemetry", .. s_hosting] },
        // The command starts the silo program and calls nothing in it.
        { "moe", ["MoeOrleans.Bench", "MoeOrleans.Page", "MoeOrleans.Reports", "MoeOrleans.Telemetry", .. s_hosting] },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_below_it(string project, string[] below) =>
        References(project).Where(name => name.StartsWith("MoeOrleans.", StringComparison.Ordinal) || name.StartsWith("moe", StringComparison.Ordinal)).ShouldBeSubsetOf(below);

    [Fact]
    public void Runs_use_orleans_serialization_and_nothing_else_of_it() =>
        References("MoeOrleans.Runs").Where(name => name.StartsWith("Orleans.", StringComparison.Ordinal))
            .ShouldBe(["Orleans.Serialization", "Orleans.Serialization.Abstractions"], ignoreOrder: true);

    [Fact]
    public void Contracts_are_immutable_and_have_aliases_of_their_own_with_a_version()
    {
        var contracts = new[] { "MoeOrleans.Runs", "MoeOrleans.Grains", "MoeOrleans.Coordinator" }
            .SelectMany(assembly => Assembly.Load(assembly).GetTypes())
            .Where(type => type.IsInterface ? typeof(IGrain).IsAssignableFrom(type) : type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
            .ToArray();
        contracts.Length.ShouldBeGreaterThan(30);
        var aliases = contracts.Select(type => type.GetCustomAttribute<AliasAttribute>().ShouldNotBeNull(type.Name).Alias).ToArray();
        aliases.ShouldAllBe(alias => System.Text.RegularExpressions.Regex.IsMatch(alias, @"^moe\.\w+\.v\d+(`\d)?$"));
        aliases.ShouldBeUnique();
        foreach (var type in contracts.Where(type => !type.IsInterface))
            type.GetCustomAttribute<ImmutableAttribute>().ShouldNotBeNull(type.Name);
    }

    private static IEnumerable<string> References(string project) => Assembly.Load(project).GetReferencedAssemblies().Select(name => name.Name!);
}
