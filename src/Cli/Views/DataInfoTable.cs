using System.Globalization;
using MoeOrleans.Compute.Data.Info;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>What a folder of data holds.</summary>
internal static class DataInfoTable
{
    private const int MostGroups = 32;

    public static void Write(DataInfo info) => Consoles.WriteOutput((console, plain) =>
    {
        Arrays(console, plain, info);
        foreach (var set in info.Sets)
        {
            console.Write(new Text($"{set.Set}: {Format.Count(set.Samples)} samples of {set.Patches} x {set.Dim} (patches x dim), inputs from {Number(set.Min)} to {Number(set.Max)}, mean {Number(set.Mean)}\n"));
        }

        foreach (var conversion in info.Conversions) console.Write(new Text($"converted {conversion}\n"));
        Groups(console, plain, "class", info.Classes);
        if (info.Clusters.Count > 0) Groups(console, plain, "cluster", info.Clusters);
        else console.Write(new Text("clusters: not known\n"));
        if (info.Sha256 is not null) console.Write(new Text($"data.sha256: {info.Sha256}\n"));
        foreach (var problem in info.Problems) console.Write(new Text($"problem: {problem}\n", new Style(Color.Yellow)));
        if (info.Problems.Count == 0) console.Write(new Text("no problems found\n"));
    });

    private static void Arrays(IAnsiConsole console, bool plain, DataInfo info)
    {
        var table = Tables.Create(plain, ["file", "type", "shape"]);
        foreach (var array in info.Sets.SelectMany(set => set.Arrays))
            table.AddRow(new Text(array.File), new Text(array.Type), new Text(string.Join(" x ", array.Shape)));
        console.Write(table);
    }

    private static void Groups(IAnsiConsole console, bool plain, string what, IReadOnlyList<GroupInfo> groups)
    {
        if (groups.Count == 0) return;
        var named = groups.Any(group => group.Name is not null);
        var table = Tables.Create(plain, named ? ["name"] : [], what, "train", "test");
        foreach (var group in groups.Take(MostGroups))
        {
            Text[] cells = [new($"{group.Number}"), new(Count(group.Train)), new(Count(group.Test))];
            table.AddRow(named ? [new Text(group.Name ?? ""), .. cells] : cells);
        }

        console.Write(table);
        if (groups.Count > MostGroups) console.Write(new Text($"{groups.Count - MostGroups} more; --json has all\n"));
    }

    private static string Count(int? samples) => samples is { } known ? Format.Count(known) : "";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
