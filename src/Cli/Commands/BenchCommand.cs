using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MoeOrleans.Bench;
using MoeOrleans.Bench.Planning;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe bench: measures how near the kernels are to the machine's limits, and what the actors cost.</summary>
internal sealed class BenchCommand : Command, IHelpPage
{
    private const int MaxRounds = 1000;
    private const int MaxThreads = 256;

    private const string Plan = "plan";

    private static readonly (string Name, string Meaning)[] s_parts =
    [
        ("peak", "multiply-adds a second, bytes read a second"),
        ("kernels", "each kernel on one thread, as a share of the peak"),
        ("step", "the step with actors, against the bare kernels: routing even and, if experts specialise, concentrated"),
        ("experts", "the same for 8 to 512 experts; for large experts 8 to 32"),
        ("minibatch", "the same for minibatches of 256 to 16,000 samples"),
        ("threads", "the same for 1 thread to as many as there are cores"),
        ("shards", "the same for 1, 2, 4 and 8 shards"),
        ("determinism", "what the agreed order of sums costs"),
        ("memory", "what a step allocates, and the resident set"),
        ("telemetry", "what traces and metrics cost a step"),
        ("silos", "a step on 2 and 3 silos, by reference and by payload, against one process"),
        ("tls", "what TLS between two silos costs, by reference and by payload"),
        ("transfer", "samples by payload between processes, against plain TCP"),
        (Plan, "what 'moe plan' expects, against real steps on 1 to 5 silos; takes minutes, and only if named"),
    ];

    // These parts take long: most start processes.
    private static readonly string[] s_notQuick = ["telemetry", "silos", "tls", "transfer"];

    private static readonly int[] s_minibatches = [256, 1024, 4096, 0];
    private static readonly int[] s_shards = [1, 2, 4, 8];

    private readonly Option<string> _only = new("--only") { HelpName = "PARTS", Description = "Parts to measure, separated by commas (default all but plan; quick: without telemetry, silos, tls and transfer)" };
    private readonly Option<string> _expert = new("--expert") { HelpName = "KIND", Description = $"Kind of expert: {string.Join("; ", ExpertKinds.All.Select((kind, k) => $"{kind.Name}{(k == 0 ? " (default)" : "")}, {Data(kind.Bench)}"))}" };
    private readonly Option<string> _rounds = new("--rounds") { HelpName = "N", Description = $"Rounds of each measurement, 1 to {MaxRounds} (default 15, quick 5)" };
    private readonly Option<string> _threads = new("--threads") { HelpName = "N", Description = $"Compute threads, 1 to {MaxThreads} (default {Environment.ProcessorCount} here, the number of cores)" };
    private readonly Option<string[]> _set = new("--set") { HelpName = "PATH=VALUE", Description = "Any field of the specification, such as data.train=4000 or model.filters=16; repeatable", AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> _quick = new("--quick") { Description = "Fewer rounds and sizes: under a minute, for large experts under two" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one JSON object on standard output, and nothing else there" };

    public BenchCommand()
        : base("bench", "Measures this machine's peak, each kernel as a share of it, and a step with actors against the bare kernels.")
    {
        foreach (var option in new Option[] { _only, _expert, _rounds, _threads, _set, _quick, _json }) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe bench [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Parts", s_parts),
        HelpSection.Of("Measurement", _only, _expert, _rounds, _threads, _set, _quick),
        HelpSection.Of("Output; progress goes to standard error", _json),
        new HelpSection("Examples", [("moe bench --quick", ""), ("moe bench --only step,memory --threads 2 --json", ""), ("moe bench --expert mlp --only kernels,step", "")]),
        RootMoeCommand.ExitCodes,
    ];

    private async Task<int> Run(ParseResult parsed)
    {
        var parts = Parts(parsed);
        var quick = parsed.GetValue(_quick);
        var rounds = parsed.Number(_rounds, quick ? 5 : 15, 1, MaxRounds);
        var threads = parsed.Number(_threads, Math.Min(Environment.ProcessorCount, MaxThreads), 1, MaxThreads);
        Consoles.Note("bench: making the data");
        using var data = new BenchData(parsed.Text(_expert), parsed.Texts(_set));
        var result = await Measure(parts, data, rounds, threads, quick);
        if (parsed.GetValue(_json)) JsonOutput.Write(result);
        else BenchTables.Write(result);
        return ExitCode.Done;
    }

    private static async Task<BenchResult> Measure(HashSet<string> parts, BenchData bench, int rounds, int threads, bool quick)
    {
        var (spec, data) = (bench.For(8), bench.Samples);
        var (workload, minibatch) = (bench.Workload, spec.Training.Minibatch);
        var blocks = ShardCut.Blocks(minibatch == 0 ? data.Train.Count : minibatch, spec.Training.Block);
        ImmutableArray<int> kernelExperts = quick ? [8] : workload.KernelExperts;
        ImmutableArray<int> stepExperts = quick ? [8] : workload.StepExperts;
        var manyExperts = quick ? workload.QuickExperts : workload.Experts;
        // The peak comes first, before other parts of the bench heat the processor and fill the memory.
        var peak = parts.Contains("peak") ? Peak(threads, rounds) : null;
        var kernels = parts.Contains("kernels") ? KernelBench.Measure(kernelExperts, bench.For, data, 2 * rounds, Consoles.Note) : null;
        await using var cleanUp = new CleanUp();
        var steps = cleanUp.Add(new StepBench(bench.For, data, Consoles.Note));
        var rows = new List<StepRow>();
        if (parts.Contains("step")) rows.AddRange(await steps.Measure([.. stepExperts.Select(count => new StepBench.Case(count, minibatch, threads, 1))], rounds, workload.Specialises));
        if (parts.Contains("experts")) rows.AddRange(await Few(manyExperts.Select(count => new StepBench.Case(count, minibatch, threads, 1))));
        if (parts.Contains("minibatch")) rows.AddRange(await Few(s_minibatches.Where(size => size < data.Train.Count).Select(size => new StepBench.Case(8, size, threads, 1))));
        if (parts.Contains("threads")) rows.AddRange(await Few(Enumerable.Range(1, threads).Where(t => t == threads || int.IsPow2(t)).Select(t => new StepBench.Case(8, minibatch, t, 1))));
        if (parts.Contains("shards")) rows.AddRange(await Few(s_shards.Where(shards => shards <= blocks).Select(shards => new StepBench.Case(8, minibatch, threads, shards))));
        var determinism = parts.Contains("determinism") ? steps.MeasureDeterminism(stepExperts, threads, rounds) : null;
        var memory = parts.Contains("memory") ? await steps.MeasureMemory([.. new[] { 1, Math.Min(8, blocks) }.Distinct().Select(shards => new StepBench.Case(8, minibatch, threads, shards))]) : null;
        var telemetry = parts.Contains("telemetry") ? await new TelemetryBench(spec, threads, Consoles.Note).Measure(rounds) : null;
        var silos = parts.Contains("silos") ? await new SilosBench(spec, threads, Consoles.Note).Measure(rounds) : null;
        var tls = parts.Contains("tls") ? await new TlsBench(spec, threads, Consoles.Note).Measure(rounds) : null;
        var transfer = parts.Contains("transfer") ? await new TransferBench(spec, data, Consoles.Note).Measure(rounds) : null;
        var plan = parts.Contains(Plan) ? await new PlanBench(PlanCommand.Constants(named: null).Constants, Consoles.Note).Measure(rounds) : null;
        return new BenchResult(MachineRow.This, rounds, peak, kernels, rows.Count > 0 ? rows : null, determinism, memory, telemetry, silos, tls, transfer, plan);

        async Task<IReadOnlyList<StepRow>> Few(IEnumerable<StepBench.Case> cases) => await steps.Measure([.. cases], Math.Max(1, rounds / 2), false);
    }

    private static string Data(BenchWorkload workload) => workload.Samples is { } samples
        ? string.Create(CultureInfo.InvariantCulture, $"on random samples of {samples.Dim} numbers, {samples.Classes} classes, minibatches of {samples.Minibatch:N0}")
        : "on the paper's setting 1";

    private static PeakRow Peak(int threads, int rounds)
    {
        Consoles.Note($"peak: {rounds} rounds");
        const int Iterations = 4_000_000;
        var (one, all, dram, dramAll, l2) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            one.Add(PeakMeter.Gflops(Iterations));
            all.Add(PeakMeter.Gflops(threads, Iterations));
            dram.Add(PeakMeter.DramGBps(1));
            dramAll.Add(PeakMeter.DramGBps(threads));
            l2.Add(PeakMeter.L2GBps(400));
        }

        return new PeakRow(Spread.Of(one), threads, Spread.Of(all), Spread.Of(dram), Spread.Of(dramAll), Spread.Of(l2));
    }

    private HashSet<string> Parts(ParseResult parsed)
    {
        var known = s_parts.Select(part => part.Name).ToArray();
        if (parsed.Text(_only) is not { } text) return [.. (parsed.GetValue(_quick) ? known.Except(s_notQuick) : known).Where(part => part != Plan)];
        var wanted = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (wanted.FirstOrDefault(part => !known.Contains(part)) is { } unknown)
            throw new ConfigurationException($"--only: unknown part '{unknown.ReplaceLineEndings(" ")}'; one or more of {string.Join(", ", known)}");
        return wanted.Length > 0 ? [.. wanted] : throw OptionValues.Missing(_only);
    }
}
