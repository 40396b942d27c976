using MoeOrleans.Reports.Published;

namespace MoeOrleans.Reports.Findings;

/// <summary>The findings of a reproduction's runs, written to reproduce.json. Parts without runs are empty.</summary>
/// <param name="SchemaVersion">Version of this form.</param>
/// <param name="Source">Source of the published figures.</param>
/// <param name="Verdicts">The claims that were checked, and whether they hold.</param>
/// <param name="Table">The table: single models and mixtures on every setting.</param>
/// <param name="SwapTests">The swap test of every model of the table and of theorem 4.1.</param>
/// <param name="Bounds">Theorem 4.1.</param>
/// <param name="Specialisation">Theorem 4.2.</param>
/// <param name="Curves">Dispatch entropy over training.</param>
/// <param name="Sweeps">Ablations and sweeps.</param>
internal sealed record ReproductionFindings(
    int SchemaVersion,
    PublishedSource Source,
    IReadOnlyList<Verdict> Verdicts,
    IReadOnlyList<TableRow> Table,
    IReadOnlyList<SwapTestRow> SwapTests,
    IReadOnlyList<BoundRow> Bounds,
    IReadOnlyList<SpecialisationRow> Specialisation,
    IReadOnlyList<EntropyCurve> Curves,
    IReadOnlyList<SweepPoint> Sweeps)
{
    /// <summary>Command and machine; null if they are not known.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>The version that this program writes.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>Derives the findings. The order of the runs does not change them.</summary>
    /// <param name="runs">Finished runs, each once.</param>
    public static ReproductionFindings Of(IReadOnlyList<LabelledRun> runs)
    {
        var table = TableFindings.Of(runs);
        var swapTests = SwapTestFindings.Of(runs);
        var specialisation = SpecialisationFindings.Of(runs);
        var curves = CurveFindings.Of(runs);
        IReadOnlyList<Verdict> verdicts =
        [
            .. TableVerdicts.Of(table),
            .. SingleModelVerdicts.Of(runs),
            .. SwapTestVerdicts.Of(swapTests),
            .. SpecialisationVerdicts.Of(specialisation),
            .. CurveVerdicts.Of(curves),
        ];
        return new ReproductionFindings(
            CurrentSchemaVersion, PublishedSource.Official, verdicts, table, swapTests, BoundFindings.Of(runs), specialisation, curves, SweepFindings.Of(runs));
    }
}
