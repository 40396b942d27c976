using System.Reflection;

namespace MoeOrleans.Reports.Tests;

/// <summary>Reports stand on what runs leave behind: they refer to the coordinator's contracts and below, to no silo and no command.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Reports_refer_to_no_silo_and_no_command()
    {
        var own = Assembly.Load("MoeOrleans.Reports").GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("MoeOrleans.", StringComparison.Ordinal) || name.StartsWith("moe", StringComparison.Ordinal));
        own.ShouldBeSubsetOf(["MoeOrleans.Compute", "MoeOrleans.Grains", "MoeOrleans.Coordinator"]);
    }
}
