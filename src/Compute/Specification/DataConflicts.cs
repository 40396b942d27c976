namespace MoeOrleans.Compute.Specification;

/// <summary>What the fields of the data demand of each other: files have no ranges, generated data no files.</summary>
internal static class DataConflicts
{
    // Feature, centre and feature noise.
    private const int SignalPatches = 3;

    /// <summary>The conflicts, with the fields that can be changed to mend them.</summary>
    public static IEnumerable<FieldConflict> Of(RunSpec spec) =>
        spec.Data.Source == DataSource.Files ? OfFiles(spec) : OfGenerated(spec.Data);

    /// <summary>What is wrong with a field that says how data is made, where it comes from files.</summary>
    public static string Meaningless(SpecField field) => $"{field.Path} says how data is made and has no meaning for data from files; leave it out";

    private static IEnumerable<FieldConflict> OfFiles(RunSpec spec)
    {
        if (spec.Data.Path.Length == 0) yield return new(["data.source"], "data.path must name the folder of the files where data.source is files");
        else if (spec.Data.Sha256.Length == 0) yield return new(["data.source"], "data.sha256 must be the hash of the files where data.source is files; 'moe spec --data DIR' prints it");
        if (spec.Data is { Validation: 0, ValidationSha256.Length: > 0 })
            yield return new(["data.validation", "data.validationSha256"], "data.validation must be at least 1 where data.validationSha256 names files; leave both out, and --data finds the files");
        var defaults = new RunSpec();
        foreach (var field in SpecFields.All.Where(field => field.Attribute.Generated && !Equals(field.Get(spec), field.Get(defaults))))
            yield return new([field.Path], Meaningless(field));
    }

    private static IEnumerable<FieldConflict> OfGenerated(DataSpec data)
    {
        if (data.Path.Length > 0) yield return new(["data.path", "data.source"], "data.path must be empty where data.source is clusters; leave it out, or set data.source to files");
        if (data.Sha256.Length > 0) yield return new(["data.sha256", "data.source"], "data.sha256 must be empty where data.source is clusters; leave it out, or set data.source to files");
        if (data.ValidationSha256.Length > 0) yield return new(["data.validationSha256", "data.source"], "data.validationSha256 must be empty where data.source is clusters; leave it out, or set data.source to files");
        if (data.ClassNames.Length > 0) yield return new(["data.classNames", "data.source"], "data.classNames must be empty where data.source is clusters; leave it out, or set data.source to files");
        if (data.Columns.Length > 0) yield return new(["data.columns", "data.source"], "data.columns must be empty where data.source is clusters; leave it out, or set data.source to files");
        if (data.Standardize) yield return new(["data.standardize", "data.source"], "data.standardize must be false where data.source is clusters, whose signals have a known scale; leave it out, or name your own data with --data");
        if (data.Clusters < 2) yield return new(["data.clusters"], $"data.clusters must be at least 2 where data.source is clusters, got {data.Clusters}");
        if (data.Patches < SignalPatches) yield return new(["data.patches"], $"data.patches must be at least {SignalPatches} where data.source is clusters, got {data.Patches}");
        if (data.Dim < 2 * data.Clusters)
        {
            yield return new(["data.dim", "data.clusters"],
                $"data.dim must be at least {2 * data.Clusters}, twice data.clusters, whose signals are orthonormal, got {data.Dim}");
        }
    }
}
