using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Findings;

/// <summary>Models and settings in words, as the paper has them.</summary>
public static class ModelNames
{
    /// <summary>A model: "MoE nonlinear", "single linear, J = 40", "single relu, J = 64".</summary>
    /// <param name="model">Mixture or single model.</param>
    /// <param name="activation">Its activation.</param>
    /// <param name="filters">Filters for each output J; told of single models alone.</param>
    public static string Of(ModelKind model, Activation activation, int filters) => PatchCnnKind.Title(model, activation, filters);

    /// <summary>A specification's model, as its kind of expert names it.</summary>
    /// <param name="model">The model.</param>
    public static string Of(ModelSpec model) => ExpertKinds.Of(model).Title(model);

    /// <summary>A specification's data: a setting, or files.</summary>
    /// <param name="data">The data.</param>
    public static string Of(DataSpec data) => data.Source == DataSource.Files ? "data from files" : Setting(data.Setting);

    /// <summary>An activation: the paper's nonlinear model is the cubic one.</summary>
    /// <param name="activation">The activation.</param>
    public static string Of(Activation activation) => activation.DisplayName;

    /// <summary>A setting: "setting 1", "theorem setting".</summary>
    /// <param name="setting">Its name in a specification.</param>
    public static string Setting(string setting) => setting == "theorem" ? "theorem setting" : $"setting {setting}";

    /// <summary>What differs between the runs of a row.</summary>
    /// <param name="kind">The kind of row.</param>
    public static string Of(RowKind kind) => kind == RowKind.OneDataSet ? "one data set" : "over data sets";

    /// <summary>Runs: "1 run", "10 runs".</summary>
    /// <param name="count">How many.</param>
    internal static string Runs(int count) => count == 1 ? "1 run" : $"{count} runs";
}
