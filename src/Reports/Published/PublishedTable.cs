using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Reports.Published;

/// <summary>
/// Test accuracy and dispatch entropy as recorded in the official repository (<see cref="PublishedSource.Official"/>), for
/// settings 1 and 2. Settings 3, 4 and theorem have no values here.
/// </summary>
internal static class PublishedTable
{
    private const int MixtureFilters = 8;
    private const int MixtureRuns = 10;

    public static IReadOnlyList<PublishedRow> Rows { get; } =
    [
        .. Singles("1", 40, 68.31, 79.57),
        .. Singles("1", 64, 70.94, 78.54),
        .. Singles("1", 256, 68.92, 72.64),
        Mixture("1", Activation.Linear, (93.00, 2.11), (1.300, 0.044)),
        Mixture("1", Activation.Cubic, (99.46, 0.55), (0.098, 0.088)),
        .. Singles("2", 40, 68.22, 77.38),
        .. Singles("2", 64, 69.56, 74.04),
        .. Singles("2", 256, 63.04, 52.09),
        Mixture("2", Activation.Linear, (89.49, 1.35), (1.262, 0.095)),
        Mixture("2", Activation.Cubic, (98.10, 1.56), (0.183, 0.144)),
    ];

    /// <summary>The row of a model; null if none is published.</summary>
    /// <param name="setting">The data setting.</param>
    /// <param name="model">Mixture or single model.</param>
    /// <param name="activation">Its activation.</param>
    /// <param name="filters">Filters for each output J.</param>
    public static PublishedRow? Find(string setting, ModelKind model, Activation activation, int filters) =>
        Rows.FirstOrDefault(row => row.Setting == setting && row.Model == model && row.Activation == activation && row.Filters == filters);

    private static PublishedRow[] Singles(string setting, int filters, double linear, double cubic) =>
    [
        new(setting, ModelKind.Single, Activation.Linear, filters, new PublishedValue(linear, null, 1), null),
        new(setting, ModelKind.Single, Activation.Cubic, filters, new PublishedValue(cubic, null, 1), null),
    ];

    private static PublishedRow Mixture(string setting, Activation activation, (double Mean, double Deviation) accuracy, (double Mean, double Deviation) entropy) =>
        new(setting, ModelKind.Mixture, activation, MixtureFilters, Value(accuracy), Value(entropy));

    private static PublishedValue Value((double Mean, double Deviation) value) => new(value.Mean, value.Deviation, MixtureRuns);
}
