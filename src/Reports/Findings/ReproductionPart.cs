namespace MoeOrleans.Reports.Findings;

internal static class ReproductionPart
{
    /// <summary>The paper's table: several initialisations on one data set.</summary>
    public const string Table = "table";

    /// <summary>The same models, each run on another data set.</summary>
    public const string OverData = "over-data";

    /// <summary>Dispatch entropy over training, noise drawn once.</summary>
    public const string Curves = "curves";

    /// <summary>Theorem 4.1: single models of six activations.</summary>
    public const string Bounds = "bounds";

    /// <summary>Theorem 4.2: which expert serves which cluster.</summary>
    public const string Specialisation = "specialisation";

    /// <summary>Noise in the argmax, in the gate, in both, in neither.</summary>
    public const string Noise = "noise";

    /// <summary>Coefficients of the load-balancing loss.</summary>
    public const string LoadBalance = "load-balance";

    /// <summary>Numbers of experts.</summary>
    public const string Experts = "experts";

    /// <summary>Numbers of clusters.</summary>
    public const string Clusters = "clusters";
}
