using MoeOrleans.Bench;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>The figures of moe bench, for people.</summary>
internal static class BenchTables
{
    public static void Write(BenchResult result) => Consoles.WriteOutput((console, plain) =>
    {
        var machine = result.Machine;
        console.WriteLine($"{machine.Processor}, {machine.Cores} cores, {machine.VectorBits}-bit vectors, {machine.Runtime}, {machine.Os}");
        console.WriteLine($"median (smallest to largest) of {result.Rounds} rounds or more");
        if (result.Peak is { } peak) WritePeak(console, plain, peak);
        if (result.Kernels is { } kernels) WriteKernels(console, plain, kernels);
        if (result.Steps is { } steps) WriteSteps(console, plain, steps);
        if (result.Determinism is { } determinism) WriteDeterminism(console, plain, determinism);
        if (result.Memory is { } memory) WriteMemory(console, plain, memory);
        if (result.Telemetry is { } telemetry) WriteTelemetry(console, plain, telemetry);
        if (result.Silos is { } silos) WriteSilos(console, plain, silos);
        if (result.Tls is { } tls) WriteTls(console, plain, tls);
        if (result.Transfer is { } transfer) WriteTransfer(console, plain, transfer);
        if (result.Plan is { } plan) WritePlan(console, plain, plan);
    });

    private static void WritePeak(IAnsiConsole console, bool plain, PeakRow peak)
    {
        var table = Table(console, plain, "peak", "one thread", $"{peak.Threads} threads");
        table.AddRow("multiply-adds, GFLOP/s", Text(peak.OneThreadGflops, "0.0"), Text(peak.AllThreadsGflops, "0.0"));
        table.AddRow("read from memory, GB/s", Text(peak.DramGBps, "0.0"), Text(peak.DramAllThreadsGBps, "0.0"));
        table.AddRow("read from second-level cache, GB/s", Text(peak.L2GBps, "0.0"), "");
        console.Write(table);
    }

    private static void WriteKernels(IAnsiConsole console, bool plain, IReadOnlyList<KernelRow> kernels)
    {
        var table = Table(console, plain, "kernel, a step's samples on one thread", "experts", "ms", "GFLOP/s", "share of peak, %", "GB/s");
        foreach (var row in kernels)
        {
            table.AddRow(
                row.Name, Format.Count(row.Experts), Text(row.Milliseconds, "0.000"), row.Gflops is { } gflops ? Format.Number(gflops, "0.0") : "",
                row.ShareOfPeak is { } share ? Text(new Spread(100 * share.Median, 100 * share.Min, 100 * share.Max), "0.0") : "", row.GBps is { } rate ? Format.Number(rate, "0.0") : "");
        }

        console.Write(table);
    }

    private static void WriteSteps(IAnsiConsole console, bool plain, IReadOnlyList<StepRow> steps)
    {
        var table = Table(console, plain, "step", "experts", "minibatch", "threads", "shards", "routing", "with actors, ms", "bare kernels, ms", "actors / bare");
        foreach (var row in steps)
        {
            table.AddRow(
                row.Name, Format.Count(row.Experts), Format.Count(row.Minibatch), Format.Count(row.Threads), Format.Count(row.Shards), row.Routing,
                Text(row.ActorsMilliseconds, "0.00"), Text(row.BareMilliseconds, "0.00"), Text(row.Overhead, "0.00"));
        }

        console.Write(table);
    }

    private static void WritePlan(IAnsiConsole console, bool plain, IReadOnlyList<PlanRow> rows)
    {
        var table = Table(console, plain, "plan of a step", "silos", "shards", "dispatch", "kB", "planned / counted", "CPU, ms", "planned / measured", "step, ms", "planned / measured");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Name, Format.Count(row.Silos), Format.Count(row.Shards), row.Dispatch, Format.Number(row.PlannedKilobytes, "0.0"), row.Bytes is { } bytes ? Format.Number(bytes, "0.000") : "",
                Format.Number(row.PlannedCpuMilliseconds, "0.00"), Text(row.Cpu, "0.00"), Format.Number(row.PlannedMilliseconds, "0.00"), row.Wall is { } wall ? Text(wall, "0.00") : "");
        }

        console.Write(table);
    }

    private static void WriteTelemetry(IAnsiConsole console, bool plain, IReadOnlyList<TelemetryRow> rows)
    {
        var table = Table(console, plain, "telemetry", "experts", "threads", "recordings of a step, us", "share of a step, %", "bytes", "step, ms", "step / off");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Name, Format.Count(row.Experts), Format.Count(row.Threads), Text(row.RecordingMicroseconds, "0.0"), Format.Number(100 * row.ShareOfStep, "0.00"),
                Format.Number(row.AllocatedBytes, "0"), Text(row.StepMilliseconds, "0.00"), Text(row.Ratio, "0.000"));
        }

        console.Write(table);
    }

    private static void WriteDeterminism(IAnsiConsole console, bool plain, IReadOnlyList<DeterminismRow> rows)
    {
        var table = Table(console, plain, "order of sums", "threads", "agreed, ms", "any, ms", "agreed / any");
        foreach (var row in rows)
            table.AddRow($"{Format.Count(row.Experts)} experts", Format.Count(row.Threads), Text(row.TreeMilliseconds, "0.00"), Text(row.UnorderedMilliseconds, "0.00"), Text(row.Price, "0.00"));
        console.Write(table);
    }

    private static void WriteMemory(IAnsiConsole console, bool plain, IReadOnlyList<MemoryRow> rows)
    {
        var table = Table(console, plain, "memory", "threads", "shards", "allocated a step, KB", "resident, MB", "data set, MB");
        foreach (var row in rows)
        {
            table.AddRow(
                $"{Format.Count(row.Experts)} experts", Format.Count(row.Threads), Format.Count(row.Shards), Format.Number(row.AllocatedKilobytesPerStep, "0"),
                Format.Number(row.ResidentMegabytes, "0"), Format.Number(row.DatasetMegabytes, "0"));
        }

        console.Write(table);
    }

    private static void WriteSilos(IAnsiConsole console, bool plain, IReadOnlyList<SilosRow> rows)
    {
        var table = Table(console, plain, "silos", "shards", "threads of each", "dispatch", "calls a step", "step, ms", "step / one process");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Silos == 1 ? "1, this process" : Format.Count(row.Silos), Format.Count(row.Shards), Format.Count(row.Threads), row.Dispatch,
                row.CallsPerStep is { } calls ? Format.Number(calls, "0.0") : "", Text(row.Milliseconds, "0.00"), Text(row.Ratio, "0.00"));
        }

        console.Write(table);
    }

    private static void WriteTls(IAnsiConsole console, bool plain, IReadOnlyList<TlsRow> rows)
    {
        var table = Table(console, plain, "TLS between silos", "shards", "CPU of a step, ms", "with TLS", "TLS / plain", "step, ms", "with TLS", "TLS / plain");
        foreach (var row in rows)
        {
            table.AddRow(
                $"{Format.Count(row.Silos)}, {row.Dispatch}", Format.Count(row.Shards), Text(row.PlainCpuMilliseconds, "0.00"), Text(row.TlsCpuMilliseconds, "0.00"), Text(row.CpuRatio, "0.00"),
                Text(row.PlainMilliseconds, "0.00"), Text(row.TlsMilliseconds, "0.00"), Text(row.Ratio, "0.00"));
        }

        console.Write(table);
    }

    private static void WriteTransfer(IAnsiConsole console, bool plain, IReadOnlyList<TransferRow> rows)
    {
        var table = Table(console, plain, "between processes, chunks of", "payload, GB/s", "plain TCP, GB/s", "payload / TCP");
        foreach (var row in rows) table.AddRow($"{Format.Count(row.ChunkKilobytes)} KB", Text(row.PayloadGBps, "0.00"), Text(row.TcpGBps, "0.00"), Text(row.Ratio, "0.00"));
        console.Write(table);
    }

    private static string Text(Spread spread, string format) => $"{Format.Number(spread.Median, format)} ({Format.Number(spread.Min, format)} to {Format.Number(spread.Max, format)})";

    private static Table Table(IAnsiConsole console, bool plain, string first, params string[] titles)
    {
        console.WriteLine();
        return Tables.Create(plain, [first], titles);
    }
}
