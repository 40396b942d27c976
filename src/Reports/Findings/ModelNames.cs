using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>Names of models and settings, as in the paper.</summary>
internal static class ModelNames
{
    /// <summary>A model: "MoE nonlinear", "single linear, J = 40", "single relu, J = 64".</summary>
    /// <param name="model">Mixture or single model.</param>
    /// <param name="activation">Its activation.</param>
    /// <param name="filters">Filters for each output J; part of the name for single models only.</param>
    public static string Of(ModelKind model, Activation activation, int filters) => PatchCnnKind.Title(model, activation, filters);

    /// <summary>A specification's model, as its kind of expert names it.</summary>
    public static string Of(ModelSpec model) => ExpertKinds.Of(model).Title(model);

    /// <summary>A specification's data: a setting, or files.</summary>
    public static string Of(DataSpec data) => data.Source == DataSource.Files ? "data from files" : Setting(data.Setting);

    /// <summary>An activation. The paper calls its cubic model nonlinear.</summary>
    public static string Of(Activation activation) => activation.DisplayName;

    /// <summary>A setting: "setting 1", "theorem setting".</summary>
    public static string Setting(string setting) => setting == "theorem" ? "theorem setting" : $"setting {setting}";

    /// <summary>What differs between the runs of a row.</summary>
    public static string Of(RowKind kind) => kind == RowKind.OneDataSet ? "one data set" : "over data sets";

    /// <summary>Runs: "1 run", "10 runs".</summary>
    internal static string Runs(int count) => count == 1 ? "1 run" : $"{count} runs";
}
