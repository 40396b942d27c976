namespace MoeOrleans.Reports.Findings;

/// <summary>What differs between the runs of a table's row.</summary>
internal enum RowKind
{
    /// <summary>One data set, several initialisations, as published.</summary>
    OneDataSet,

    /// <summary>A data set for each run.</summary>
    OverDataSets,
}
