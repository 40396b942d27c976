using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Reproduce;
using MoeOrleans.Cli.Sweep;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Reports.Groups;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe sweep: trains every combination of some values over several seeds, and compares them.</summary>
internal sealed class SweepCommand : Command, IHelpPage
{
    private const int MaxRuns = 10_000;
    private const int DefaultSeeds = 3;

    private readonly SpecificationOptions _specification = new();
    private readonly Option<string> _seeds = new("--seeds") { HelpName = "N", Description = $"Seeds of each combination, counted from that of --seed: 1 to 1,000 (default {DefaultSeeds})" };

    private readonly Option<string> _output = new("--output")
    {
        HelpName = "DIR",
        Description = "Folder of the sweep (default sweep): sweep.json, and each run in runs/. Finished runs in it are kept and not repeated.",
    };

    private readonly Option<bool> _plan = new("--plan") { Description = "Show the number of runs and their expected time, and do nothing" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the groups as JSON on standard output, and nothing else there" };
    private readonly Option<string> _parallel = new("--parallel") { HelpName = "N", Description = $"Runs at a time: 1 to 64 (default: the number of cores, {DefaultParallel} here)" };
    private readonly Option<string> _threads = new("--threads") { HelpName = "N", Description = "Compute threads, shared by the runs: 1 to 256 (default: the number of cores)" };
    private readonly Option<bool> _verbose;

    public SweepCommand(Option<bool> verbose)
        : base("sweep", "Trains every combination of the values that --set lists over several seeds, and compares them.")
    {
        _verbose = verbose;
        foreach (var option in (IEnumerable<Option>)[.. _specification.All, _seeds, _output, _plan, _json, _parallel, _threads]) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe sweep --set PATH=A,B,C [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("What is compared; --set training.expert.rate=0.001,0.002 lists values of a field, several lists give every combination", _seeds),
        .. _specification.Help,
        HelpSection.Of("Output; the plan and progress go to standard error", _output, _plan, _json, _verbose),
        HelpSection.Of("How it is spread; this changes no bit of any result", _parallel, _threads),
        new HelpSection(
            "Examples",
            [
                ("moe sweep --data mydata --seeds 5 --set training.expert.rate=0.001,0.002,0.004", ""),
                ("moe sweep --data mydata --set model.kind=mixture,single", "is a mixture better than one expert?"),
                ("moe sweep --set model.experts=4,8,16 --set routing.noise=fresh,off --output grid", "six combinations"),
            ]),
        new HelpSection("Ctrl+C", [("once", "ends after the steps in progress; finished runs are kept, and the same command continues from there")]),
        RootMoeCommand.ExitCodes,
    ];

    private static int DefaultParallel => Math.Min(Environment.ProcessorCount, 64);

    private async Task<int> Run(ParseResult parsed)
    {
        using var interruption = new Interruption();
        var plan = Plan(parsed);
        var parallel = parsed.Number(_parallel, DefaultParallel, 1, 64);
        var threads = parsed.Number(_threads, MoeOrleansOptions.DefaultThreads, 1, MoeOrleansOptions.MaxThreads);
        var folder = FinishedRuns.Open(parsed.Text(_output) ?? "sweep", _output.Name);
        var kept = folder.Read(plan).ToDictionary(run => run.Planned.Name, run => GroupedRun.Of(run.Planned.Name, run.Planned.Spec, run.Saved.Record));
        PlannedRun[] todo = [.. plan.Where(run => !kept.ContainsKey(run.Name))];
        var failures = 0;
        if (todo.Length > 0)
        {
            await using var cleanUp = new CleanUp();
            var silo = cleanUp.Add(await EmbeddedSilo.Start(threads, parsed.GetValue(_verbose)));
            var bench = new RunBench(silo, new Deployment(1, 1, threads, DispatchMode.Reference), interruption.Token);
            try
            {
                Consoles.Note("measuring the time of steps on this machine");
                var costs = await StepCosts.Measure(bench, todo, parallel);
                Consoles.Note($"{Format.Count(plan.Count)} runs, {Format.Count(kept.Count)} of them done before; expected time {Format.Duration(TimeSpan.FromSeconds(todo.Sum(run => costs.Seconds(run.Spec))))}");
                if (parsed.GetValue(_plan)) return ExitCode.Done;
                var runs = new ParallelRuns<GroupedRun>((planned, report) => Train(bench, folder, planned, report), costs, parallel);
                foreach (var run in await ReproductionView.Watch(report => runs.Do(todo, kept.Count, report, interruption.Token))) kept[run.Name] = run;
                foreach (var failure in runs.Failures) Consoles.Note(failure);
                failures = runs.Failures.Count;
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                Consoles.Note($"moe: interrupted; finished runs are kept in {folder.Path}; the same command continues from there");
                return ExitCode.Interrupted;
            }
        }
        else if (parsed.GetValue(_plan))
        {
            Consoles.Note($"{Format.Count(plan.Count)} runs, all of them done before");
            return ExitCode.Done;
        }

        GroupedRun[] done = [.. plan.Where(run => kept.ContainsKey(run.Name)).Select(run => kept[run.Name])];
        if (done.Length > 0) Show(RunGroups.Of(done, SweepGrid.Lists(_specification.Assignments(parsed))), folder, parsed.GetValue(_json));
        return failures > 0 ? ExitCode.Failure : ExitCode.Done;
    }

    private static void Show(IReadOnlyList<RunGroup> groups, FinishedRuns folder, bool json)
    {
        folder.Replace("sweep.json", $"{JsonOutput.Text(groups)}\n");
        if (json) JsonOutput.Write(groups);
        else GroupsTable.Write(groups);
        Consoles.Note($"runs and sweep.json are in {folder.Path}");
    }

    private static async Task<(GroupedRun Run, RunSummary Summary)> Train(RunBench bench, FinishedRuns folder, PlannedRun planned, ProgressReport report)
    {
        var result = await bench.Train(planned.Spec, productsInterval: 0, report);
        folder.Keep(planned, result);
        return (GroupedRun.Of(planned.Name, planned.Spec, result.Record), result.Summary);
    }

    private List<PlannedRun> Plan(ParseResult parsed)
    {
        var seeds = parsed.Number(_seeds, DefaultSeeds, 1, 1000);
        var points = SweepGrid.Points(_specification.Assignments(parsed));
        if ((long)points.Count * seeds > MaxRuns) throw new ConfigurationException($"sweep: {Format.Count(points.Count)} combinations of {seeds} seeds are more than {Format.Count(MaxRuns)} runs; list fewer values");
        var plan = new List<PlannedRun>();
        foreach (var point in points)
        {
            var spec = _specification.Read(parsed, point.Assignments);
            for (var i = 0; i < seeds; i++)
            {
                var seeded = spec with { Training = spec.Training with { Seed = spec.Training.Seed + i } };
                plan.Add(new PlannedRun(FolderOf(point, seeded), [], seeded));
            }
        }

        var repeated = plan.GroupBy(run => SpecHash.Of(run.Spec)).FirstOrDefault(same => same.Count() > 1);
        return repeated is null ? plan : throw new ConfigurationException($"sweep: '{repeated.First().Name}' and '{repeated.ElementAt(1).Name}' are the same specification; list each value once");
    }

    // Readable, and other than that of any other specification.
    private static string FolderOf(SweepPoint point, RunSpec spec)
    {
        var values = string.Concat(point.Name.Select(c => char.IsLetterOrDigit(c) || c is '.' or ',' or '=' or '-' ? c : '_'));
        if (values.Length > 120) values = values[..120];
        return $"{(values.Length == 0 ? "" : $"{values},")}seed={spec.Training.Seed}-{SpecHash.Of(spec)[..8]}";
    }
}
