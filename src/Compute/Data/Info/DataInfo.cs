using System.Collections.Immutable;
using MoeOrleans.Compute.Formats;

namespace MoeOrleans.Compute.Data.Info;

/// <summary>What a folder of data holds, and what is wrong with it. Scripts rely on its JSON form.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Sha256">Hash of what the files hold, as in the specification; null if training would refuse them.</param>
/// <param name="Sets">The training, the test and the validation samples, as far as they can be read.</param>
/// <param name="Classes">Every class with its samples.</param>
/// <param name="Clusters">Every cluster with its samples; empty if clusters are not known.</param>
/// <param name="Conversions">What is converted.</param>
/// <param name="Problems">What is wrong, each with what mends it.</param>
internal sealed record DataInfo(
    string Folder,
    string? Sha256,
    IReadOnlyList<SetInfo> Sets,
    IReadOnlyList<GroupInfo> Classes,
    IReadOnlyList<GroupInfo> Clusters,
    IReadOnlyList<string> Conversions,
    IReadOnlyList<string> Problems)
{
    private const string Train = "train";
    private const string Test = "test";

    /// <summary>Looks at a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataFileException">There is no such folder, or no samples are in it.</exception>
    public static DataInfo Of(string folder) => FileData.Checked(folder, () =>
    {
        var form = SampleForms.Of(folder, Train, Test);
        if (!((string[])[Train, Test]).Any(set => form.Has(set, "x"))) FileData.RequireAll(form);
        var problems = new List<string>();
        var (train, test) = (Read(form, Train, problems), Read(form, Test, problems));
        if (train is not null && test is not null && Refusal(() => FileData.RequireSameSamples(form, train, test)) is { } refusal) problems.Add(refusal);
        SampleFiles? validation = null;
        if (train is { IsLabelled: true } && form.Has(FileData.Validation, "x") && Refusal(() => validation = FileData.ReadValidation(form, train)) is { } refused) problems.Add(refused);
        SetInfo[] sets = [.. from read in new[] { (Name: Train, Files: train), (Name: Test, Files: test), (Name: FileData.Validation, Files: validation) } where read.Files is not null select SetInfo.Of(read.Name, read.Files)];
        var names = Names(folder, Math.Max(train?.KnownLabels?.Max() ?? -1, test?.KnownLabels?.Max() ?? -1) + 1, problems);
        foreach (var set in sets) problems.AddRange(DataProblems.OfSet(set, form.Name(set.Set, "x").ToString()));
        var hash = problems.Count == 0 ? FileData.Hash(train!, test!) : null;
        var (classes, clusters) = (Groups(train?.KnownLabels, test?.KnownLabels, names), Groups(train?.Cluster, test?.Cluster, []));
        problems.AddRange(DataProblems.OfScales([.. sets.Where(set => set.Set != FileData.Validation)]));
        if (train is { IsLabelled: true } && test is { IsLabelled: true }) problems.AddRange(DataProblems.OfClasses(classes));
        return new DataInfo(folder, hash, sets, classes, clusters, [.. train?.Conversions ?? [], .. test?.Conversions ?? [], .. validation?.Conversions ?? []], problems);
    });

    private static SampleFiles? Read(ISampleForm form, string set, List<string> problems)
    {
        SampleFiles? samples = null;
        var refusal = Refusal(() =>
        {
            FileData.Require(form, set, "x");
            if (form.Has(set, "y")) samples = form.Read(set);
        });
        // Inputs are described even if the labels are missing or refused.
        if (samples is null && form.Has(set, "x") && Refusal(() => samples = form.ReadInputs(set) with { IsLabelled = false }) is null && refusal is null)
            refusal = Refusal(() => FileData.Require(form, set, "y"));
        if (refusal is not null) problems.Add(refusal);
        return samples;
    }

    private static ImmutableArray<string> Names(string folder, int classes, List<string> problems)
    {
        var names = ImmutableArray<string>.Empty;
        var refusal = Refusal(() =>
        {
            names = ClassNames.Read(folder);
            ClassNames.Check(folder, names, classes);
        });
        // CSV files with names as labels have been refused by the same line.
        if (refusal is not null && !problems.Contains(refusal)) problems.Add(refusal);
        return names;
    }

    private static string? Refusal(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception failure) when (failure is DataFileException or UnreadableFileException)
        {
            return failure.Message;
        }
    }

    private static GroupInfo[] Groups(int[]? train, int[]? test, ImmutableArray<string> names)
    {
        if (train is null && test is null) return [];
        var count = Math.Max(train?.Max() ?? 0, test?.Max() ?? 0) + 1;
        var (inTrain, inTest) = (Counts(train), Counts(test));
        return [.. Enumerable.Range(0, count).Select(k => new GroupInfo(k, inTrain?[k], inTest?[k], k < names.Length ? names[k] : null))];

        int[]? Counts(int[]? values)
        {
            if (values is null) return null;
            var counts = new int[count];
            foreach (var value in values) counts[value]++;
            return counts;
        }
    }
}
