using MoeOrleans.Grains.Silos;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The silos of a cluster, and which experts and routers of each run are on which silo.</summary>
internal static class ClusterTable
{
    /// <summary>Writes the silos.</summary>
    /// <param name="silos">The silos.</param>
    /// <param name="load">Busy share of the compute threads of each silo, 0 to 1.</param>
    public static void Write(IReadOnlyList<SiloDescription> silos, IReadOnlyList<double> load) => Consoles.WriteOutput((console, plain) =>
    {
        var table = Tables.Create(plain, ["silo", "endpoint", "process"], ["threads", "load", "memory", "experts", "routers", "state"]);
        foreach (var (silo, busy) in silos.Zip(load))
        {
            table.AddRow(
                new Text(silo.Name),
                new Text(silo.Endpoint),
                new Text($"{silo.ProcessId}"),
                new Text($"{silo.Threads}"),
                new Text($"{Format.Number(100 * busy, "0")} %"),
                new Text(Format.Bytes(silo.MemoryBytes)),
                new Text($"{silo.Grains.Count(grain => grain.Kind == HostedGrainKind.Expert)}"),
                new Text($"{silo.Grains.Count(grain => grain.Kind == HostedGrainKind.Router)}"),
                new Text(silo.IsDraining ? "draining" : "active"));
        }

        console.Write(table);
        foreach (var run in silos.SelectMany(silo => silo.Grains).Where(grain => grain.Kind is HostedGrainKind.Expert or HostedGrainKind.Router).Select(grain => grain.RunId).Distinct().Order(StringComparer.Ordinal))
        {
            console.WriteLine();
            console.WriteLine($"run {run}");
            var places = Tables.Create(plain, ["silo", "experts", "routers", "coordinator"], []);
            foreach (var silo in silos)
                places.AddRow(new Text(silo.Name), new Text(Indexes(silo, run, HostedGrainKind.Expert)), new Text(Indexes(silo, run, HostedGrainKind.Router)), new Text(Indexes(silo, run, HostedGrainKind.Coordinator).Length > 0 ? "yes" : ""));
            console.Write(places);
        }
    });

    private static string Indexes(SiloDescription silo, string run, HostedGrainKind kind) =>
        Format.Ranges(silo.Grains.Where(grain => grain.RunId == run && grain.Kind == kind).Select(grain => grain.Index));
}
