using System.Runtime.CompilerServices;

namespace MoeOrleans.Coordinator.Tests;

/// <summary>The wire schema is the one on file, so that no message changes unseen.</summary>
public sealed class WireSchemaTests
{
    private const string Renew = "MOE_RENEW_WIRE_SCHEMA";

    private const string HowTo =
        $"Where a line of tests/Coordinator.Tests/wire-schema.txt has gone or changed, silos of before and after could misread each other: raise ContractsVersion.Current. "
        + $"Then renew the file: {Renew}=1 dotnet test --project tests/Coordinator.Tests --filter-class '*WireSchemaTests'.";

    [Fact]
    public void The_schema_is_the_one_on_file()
    {
        var (now, path) = (WireSchema.Lines(), Path());
        if (Environment.GetEnvironmentVariable(Renew) is not null)
        {
            var before = File.Exists(path) ? File.ReadAllLines(path) : [WireSchema.Version];
            if (before[0] == WireSchema.Version) Shapes(before).Except(Shapes(now)).ShouldBeEmpty(HowTo);
            File.WriteAllLines(path, now);
        }

        var kept = File.ReadAllLines(path);
        kept.Except(now).ShouldBeEmpty($"These are on file and not in the program. {HowTo}");
        now.Except(kept).ShouldBeEmpty($"These are in the program and not on file. {HowTo}");
        now.ShouldBe(kept);
    }

    [Fact]
    public void The_schema_knows_types_enumerations_interfaces_and_grains()
    {
        var lines = WireSchema.Lines();
        lines.ShouldContain("type moe.CommitRequest.v1: 1 Step Int64");
        lines.ShouldContain("type moe.RestoreRequest.v1: 3 Weights WireTensor<Single>");
        lines.ShouldContain("enum DispatchMode: 1 Payload");
        lines.ShouldContain("enum CommitKind: 0 Apply");
        lines.ShouldContain("interface moe.IExpertGrain.v1: Commit(moe.CommitRequest.v1) Task<moe.CommitReply.v1>");
        lines.ShouldContain("grain moe.expert: moe.IExpertGrain.v1");
        lines.ShouldAllBe(line => !line.Contains("without alias"));
    }

    /// <summary>The lines without the names that are not on the wire: those of members and of enumerations.</summary>
    private static IEnumerable<string> Shapes(IReadOnlyList<string> lines)
    {
        var enumerations = lines.Where(line => line.StartsWith("enum ", StringComparison.Ordinal)).Select(line => line.Split(' ', ':')[1]).ToHashSet();
        return lines.Select(line => line.Split(' ') switch
        {
            ["type", var alias, var id, _, .. var type] => string.Join(' ', [alias, id, .. type.Select(part => enumerations.Contains(part.TrimEnd('?')) ? "enumeration" : part)]),
            ["enum", _, var value, var name] => $"enum {value} {name}",
            _ => line,
        });
    }

    private static string Path([CallerFilePath] string here = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "wire-schema.txt");
}
