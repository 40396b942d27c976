using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Runs.Tests.Folder;

/// <summary>docs/run-files.md names what a run's files hold, and nothing else.</summary>
public sealed partial class RunFilesDocumentTests
{
    private const string Fix = "docs/run-files.md has a row for each, and no other; tell name, unit and meaning there";

    private static readonly string s_document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/run-files.md"));

    [Fact]
    public void Every_file_is_there() =>
        Rows("# Files of a run").ShouldBe([.. RunFolder.Files, "best-weights.safetensors", "events.out.tfevents.moe", "report.html"], ignoreOrder: true, Fix);

    [Fact]
    public void Every_field_of_the_summary_is_there()
    {
        var tables = s_document.Split("`bestLoss` has:");
        Rows("## summary.json", tables[0]).ShouldBe(Keys(typeof(RunSummary)), ignoreOrder: true, Fix);
        Rows("## summary.json", $"## summary.json{tables[1]}").ShouldBe(Keys(typeof(BestLossSummary)), ignoreOrder: true, Fix);
        foreach (var reason in Enum.GetValues<StopReason>()) s_document.ShouldContain($"`{JsonNamingPolicy.CamelCase.ConvertName($"{reason}")}`", customMessage: Fix);
    }

    [Fact]
    public void Every_column_of_the_metrics_is_there() => Rows("## metrics.csv").ShouldBe(MetricsFile.Header.Split(','), Fix);

    [Fact]
    public void Every_tensor_is_there()
    {
        string[] built = ["router.weight", .. Tensors("cnn"), .. Tensors("mlp"), Standardization.MeanName, Standardization.DeviationName];
        Rows("## Weights").ShouldBe(built, Fix);

        static IEnumerable<string> Tensors(string kind)
        {
            var model = new SpecificationBuilder().Set("model.expert", kind, "test").Build().Model;
            return ExpertKinds.Parameters(model, 2, 2).Tensors.Select(tensor => $"experts.0.{tensor.Name}");
        }
    }

    [Fact]
    public void Every_key_of_the_record_is_there()
    {
        Rows("## run.msgpack").ShouldBe(Names(typeof(RunRecord)), Fix);
        foreach (var name in Names(typeof(Deployment)).Concat(Names(typeof(ProductsRecord)))) s_document.ShouldContain($"`{name}`", customMessage: Fix);
    }

    private static IEnumerable<string> Keys(Type type) => Names(type).Select(JsonNamingPolicy.CamelCase.ConvertName);

    private static IEnumerable<string> Names(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken).Select(property => property.Name);

    /// <summary>The names in the first column of a section's table.</summary>
    private static IEnumerable<string> Rows(string heading, string? text = null)
    {
        var section = (text ?? s_document).Split($"{heading}\n", 2)[1].Split("\n## ", 2)[0];
        return Row().Matches(section).Select(row => row.Groups["name"].Value);
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^\| `(?<name>[^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();
}
