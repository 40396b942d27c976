using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Page;

namespace MoeOrleans.Page.Tests;

/// <summary>One page of each kind, from real runs.</summary>
internal static class Pages
{
    public const string Mixture = "mixture";
    public const string Single = "single";
    public const string OwnData = "own-data";
    public const string Reproduction = "reproduction";

    /// <summary>A command that a browser would run, were it not escaped.</summary>
    public const string Hostile = "moe train --set 'x=<script>document.title=1</script><img src=https://example.invalid/a.png>&amp;'";

    /// <summary>Writes each into a folder of its name.</summary>
    public static void Write(string folder)
    {
        RunReport.Write(SmallRuns.Train(SmallRuns.Spec()), Path.Combine(folder, Mixture), Hostile);
        RunReport.Write(SmallRuns.Train(SmallRuns.Spec(ModelKind.Single, Activation.Relu)), Path.Combine(folder, Single));
        RunReport.Write(SmallRuns.OwnData(), Path.Combine(folder, OwnData));
        LabelledRun[] runs =
        [
            Labelled("cubic-1", SmallRuns.Spec(), ReproductionPart.Table, ReproductionPart.Curves, ReproductionPart.Specialisation, ReproductionPart.Noise, ReproductionPart.LoadBalance, ReproductionPart.Experts, ReproductionPart.Clusters),
            Labelled("cubic-2", SmallRuns.Spec(seed: 2), ReproductionPart.Table, ReproductionPart.Curves, ReproductionPart.Specialisation, ReproductionPart.Experts),
            Labelled("linear-1", SmallRuns.Spec(activation: Activation.Linear), ReproductionPart.Table, ReproductionPart.Curves),
            Labelled("cubic-2-theorem", SmallRuns.Spec(seed: 2, setting: "theorem"), ReproductionPart.Table, ReproductionPart.Specialisation),
            Labelled("single-linear", SmallRuns.Spec(ModelKind.Single, Activation.Linear), ReproductionPart.Table, ReproductionPart.Bounds),
            Labelled("single-relu", SmallRuns.Spec(ModelKind.Single, Activation.Relu), ReproductionPart.Bounds),
            Labelled("single-tanh-theorem", SmallRuns.Spec(ModelKind.Single, Activation.Tanh, setting: "theorem"), ReproductionPart.Bounds),
        ];
        ReproductionReport.Write(ReproductionFindings.Of(runs), runs, Path.Combine(folder, Reproduction));
    }

    private static LabelledRun Labelled(string name, RunSpec spec, params string[] parts) => new(name, parts, SmallRuns.Train(spec));
}
