using System.Text.Json;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>
/// The fields in which a run's specification differs from the published one, which tables note. Three fields do not count: seeds, a
/// single model's filters (they name its row), and whether the weights of the smallest loss are kept.
/// </summary>
internal static class Departures
{
    /// <summary>Departures from the recipe's own values.</summary>
    /// <returns>A line for each field and value, without repetition.</returns>
    public static IReadOnlyList<string> FromRecipe(IEnumerable<LabelledRun> runs) => From(runs, spec => spec);

    /// <summary>Departures from the variant of the entropy curves.</summary>
    /// <returns>A line for each field and value, without repetition.</returns>
    public static IReadOnlyList<string> FromCurves(IEnumerable<LabelledRun> runs) => From(runs, spec => spec with
    {
        Routing = spec.Routing with { Noise = NoiseKind.Fixed },
        Training = spec.Training with
        {
            Expert = spec.Training.Expert with { Normalise = NormKind.Tensor },
            Stop = spec.Training.Stop with { Enabled = false },
        },
    });

    private static IReadOnlyList<string> From(IEnumerable<LabelledRun> runs, Func<RunSpec, RunSpec> variant) =>
        [.. runs.SelectMany(run => Between(run.Run.Spec, variant(Published(run.Run.Spec)))).Distinct()];

    private static RunSpec Published(RunSpec spec)
    {
        var published = Presets.For(spec.Recipe, spec.Data.Setting, spec.Model.Kind, spec.Model.Activation, spec.Model.Expert);
        return published with
        {
            Data = published.Data with { Seed = spec.Data.Seed },
            Model = spec.Model.Kind == ModelKind.Single ? published.Model with { Options = spec.Model.Options } : published.Model,
            Training = published.Training with { Seed = spec.Training.Seed, KeepBest = spec.Training.KeepBest },
        };
    }

    private static IEnumerable<string> Between(RunSpec spec, RunSpec published)
    {
        if (spec == published) return [];
        var expected = Fields(published).ToDictionary();
        return Fields(spec).Where(field => expected[field.Key] != field.Value).Select(field => $"{field.Key} is {field.Value}, published {expected[field.Key]}");
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(RunSpec spec)
    {
        using var document = JsonDocument.Parse(RunSpecJson.Write(spec));
        return [.. Leaves("", document.RootElement)];
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(string path, JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(property => Leaves(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value))
        : [new(path, element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText())];
}
