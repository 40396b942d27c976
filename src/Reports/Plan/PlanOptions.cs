namespace MoeOrleans.Reports.Plan;

/// <summary>What is to be reproduced.</summary>
/// <param name="Settings">Data settings of the table, the curves and the theorems; the sweeps take the first.</param>
/// <param name="Runs">Initialisations of each row.</param>
/// <param name="DataSeeds">Data sets of the rows over data sets; 0 for none.</param>
/// <param name="Wide">Whether the wide single models are run too, and six activations on every setting.</param>
/// <param name="Parts">Some of <see cref="Findings.ReproductionPart"/>.</param>
/// <param name="Changes">Assignments path=value that change every run, as of --set; empty for the paper's own runs.</param>
internal sealed record PlanOptions(IReadOnlyList<string> Settings, int Runs, int DataSeeds, bool Wide, IReadOnlyCollection<string> Parts, IReadOnlyList<string> Changes);
