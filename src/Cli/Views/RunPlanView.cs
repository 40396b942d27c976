using System.Globalization;
using MoeOrleans.Bench.Planning;
using MoeOrleans.Hosting.Processes;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The plan of a run, for people.</summary>
internal static class RunPlanView
{
    private const int MostSilos = 8;

    public static void Write(PlanResult result) => Consoles.WriteOutput((console, plain) =>
    {
        var (deployment, network, machine) = (result.Cluster.Deployment, result.Cluster.Network, result.Constants.Machine);
        console.WriteLine($"{Format.Count(result.Experts)} experts of {Format.Count(result.Parameters)} weights; a step has {Format.Count(result.Samples)} samples in {Format.Count(result.Blocks)} blocks");
        console.WriteLine(
            $"{Format.Count(deployment.Silos)} silos with {deployment.Threads} threads on {result.Cluster.Cores} cores each, {Format.Count(deployment.Shards)} shards, by {deployment.Dispatch.ToString().ToLowerInvariant()}"
            + (network is null ? ", on one machine" : $"; {Number(network.GigabitsPerSecond)} Gbit/s, {Number(network.LatencyMicroseconds)} us in one direction"));
        console.WriteLine($"constants of {result.Source}: {machine.Processor}, measured {result.Constants.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} by {result.Constants.Version}");
        WriteStep(console, plain, result);
        WriteCpu(console, plain, result);
        foreach (var plan in result.Plans) WriteSilos(console, plain, plan);
        console.WriteLine("Assumed:");
        foreach (var assumption in result.Assumptions) console.WriteLine($"- {assumption}");
    });

    private static void WriteStep(IAnsiConsole console, bool plain, PlanResult result)
    {
        var table = Tables.Create(plain, ["a step"], result.Plans.Select(Title));
        Row("step, ms", plan => Number(plan.StepMilliseconds));
        Row($"{Format.Count(result.Steps)} steps", plan => Format.Duration(TimeSpan.FromMilliseconds(plan.StepMilliseconds * result.Steps)));
        Row("CPU time of all silos, ms", plan => Number(plan.CpuMilliseconds));
        Row("between silos, kB", plan => Number(plan.Bytes / 1e3));
        Row("calls between silos", plan => Number(plan.Calls));
        Row("it waits longest for", plan => Longest(plan.Path[0], plan));
        Row("then for", plan => plan.Path.Length > 1 ? Longest(plan.Path[1], plan) : "");
        console.Write(table);

        void Row(string name, Func<StepPlan, string> value) => table.AddRow([name, .. result.Plans.Select(value)]);
    }

    private static void WriteCpu(IAnsiConsole console, bool plain, PlanResult result)
    {
        var table = Tables.Create(plain, ["CPU time of a step, all silos, ms"], result.Plans.Select(Title));
        Row("experts: forward, loss, backward", cpu => cpu.Experts);
        Row("routers: scores, noise, choice, grouping", cpu => cpu.Route);
        Row("routers: gradient", cpu => cpu.Gradient);
        Row("experts: commit", cpu => cpu.Commit);
        Row("coordinator: fold", cpu => cpu.Fold);
        Row("grain calls", cpu => cpu.Calls);
        Row("serialising, sending, receiving", cpu => cpu.Bytes);
        Row("silos at rest", cpu => cpu.Idle);
        console.Write(table);

        void Row(string name, Func<SiloCpu, double> value) => table.AddRow([name, .. result.Plans.Select(plan => Number(plan.Silos.Sum(silo => value(silo.Cpu)) / 1e3))]);
    }

    /// <summary>The silos; of many, those that differ most: the first, the busiest, and the mean.</summary>
    private static void WriteSilos(IAnsiConsole console, bool plain, StepPlan plan)
    {
        var table = Tables.Create(plain, [$"silo, {Title(plan)}"], "experts", "routers", "CPU, ms", "sent, kB", "received, kB", "memory, MiB", "of it data", "of it experts");
        if (plan.Silos.Length <= MostSilos)
        {
            foreach (var (s, silo) in plan.Silos.Index()) Row(SiloProcessOptions.NameOf(s), [silo]);
        }
        else
        {
            var (busiest, silo) = plan.Silos.Index().MaxBy(silo => silo.Item.Cpu.Total);
            Row(SiloProcessOptions.NameOf(0), [plan.Silos[0]]);
            if (busiest > 0) Row($"{SiloProcessOptions.NameOf(busiest)}, the busiest", [silo]);
            Row("mean of all", plan.Silos);
        }

        console.Write(table);

        void Row(string name, IReadOnlyList<SiloPlan> silos)
        {
            table.AddRow(
                name, Mean(silo => silo.Experts), Mean(silo => silo.Routers), Mean(silo => silo.Cpu.Total / 1e3), Mean(silo => silo.SentBytes / 1e3), Mean(silo => silo.ReceivedBytes / 1e3),
                Mean(silo => silo.Memory.Total / 1048576), Mean(silo => silo.Memory.Data / 1048576), Mean(silo => (silo.Memory.Experts + silo.Memory.Gradients) / 1048576));

            string Mean(Func<SiloPlan, double> value) => Number(silos.Average(value));
        }
    }

    private static string Title(StepPlan plan) => plan.Imbalance < 1.0001 ? "even routing" : $"busiest expert x {Number(plan.Imbalance)}";

    private static string Longest(PathPart part, StepPlan plan) =>
        $"{part.Name}{(part.Silo < 0 ? "" : $" of {SiloProcessOptions.NameOf(part.Silo)}")}, {Number(100 * part.Microseconds / 1e3 / plan.StepMilliseconds)} %";

    // Three digits: a plan has no more.
    private static string Number(double number) => number switch
    {
        0 => "0",
        < 0.01 => Format.Number(number, "0.0000"),
        < 1 => Format.Number(number, "0.000"),
        < 10 => Format.Number(number, "0.00"),
        < 100 => Format.Number(number, "0.0"),
        _ => Format.Number(number, "N0"),
    };
}
