using System.CommandLine;
using System.Diagnostics;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Reproduce;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Reports.Findings;
using MoeOrleans.Reports.Page;
using MoeOrleans.Reports.Plan;
using MoeOrleans.Runs.Records;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe reproduce: makes the paper's tables and figures, next to the published numbers.</summary>
internal sealed class ReproduceCommand : Command, IHelpPage
{
    private const int MaxRuns = 1000;
    private const int ProductsInterval = 5;

    private readonly Option<string> _settings = new("--settings")
    {
        HelpName = "LIST",
        Description = $"Data settings: some of {string.Join(", ", Presets.Settings)}, with commas (default all). The sweeps use the first, and are left out if --settings is given without --only.",
    };

    private readonly Option<string> _runs = new("--runs") { HelpName = "N", Description = $"Initialisations of each row: 1 to {MaxRuns} (default 10, as published)" };

    private readonly Option<string> _dataSeeds = new("--data-seeds")
    {
        HelpName = "N",
        Description = $"Also rows over N data sets, each with its own initialisation: 0 to {MaxRuns} (default 0; the published runs share one data set)",
    };

    private readonly Option<bool> _wide = new("--wide") { Description = "Also single models of J = 256, all runs of J = 64, and six activations on every setting" };

    private readonly Option<string> _only = new("--only")
    {
        HelpName = "PARTS",
        Description = "Some of the parts below, with commas (default all)",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "PATH=VALUE",
        Description = "Change any field of every run, such as data.sigma=1.5; repeatable. 'moe spec --describe' lists all.",
    };

    private readonly Option<string> _output = new("--output")
    {
        HelpName = "DIR",
        Description = "Folder of the reproduction (default reproduction): reproduce.json, report.html, figures, and each run. Finished runs in it are kept and not repeated.",
    };

    private readonly Option<bool> _plan = new("--plan") { Description = "Show the plan with its expected time, and do nothing" };

    private readonly Option<string> _parallel = new("--parallel") { HelpName = "N", Description = $"Runs at a time: 1 to 64 (default: the number of cores, {DefaultParallel} here)" };

    private readonly Option<string> _threads = new("--threads") { HelpName = "N", Description = "Compute threads, shared by the runs: 1 to 256 (default: the number of cores)" };

    private readonly Option<bool> _verbose;

    public ReproduceCommand(Option<bool> verbose)
        : base("reproduce", "Reproduces the paper: trains its models, and puts their tables and figures next to the published numbers.")
    {
        _verbose = verbose;
        foreach (var option in (Option[])[_settings, _runs, _dataSeeds, _wide, _only, _set, _output, _plan, _parallel, _threads]) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe reproduce [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        HelpSection.Of("What is reproduced", _settings, _runs, _dataSeeds, _wide, _only, _set),
        new HelpSection("Parts", ReproductionPlan.Parts),
        HelpSection.Of("Output; the plan and progress go to standard error", _output, _plan, _verbose),
        HelpSection.Of("How it is spread; this changes no bit of any result", _parallel, _threads),
        new HelpSection(
            "Examples",
            [
                ("moe reproduce", "the whole paper"),
                ("moe reproduce --settings 1,2", "the published table and the entropy curves"),
                ("moe reproduce --runs 2 --settings 1 --only table", "a first look"),
                ("moe reproduce --only noise,experts --settings 2", ""),
                ("moe reproduce --settings 1 --set data.sigma=1.5 --output noisier", "another assumption"),
            ]),
        new HelpSection("Ctrl+C", [("once", "ends after the steps in progress; finished runs are kept, and the same command continues from there")]),
        RootMoeCommand.ExitCodes,
    ];

    private static int DefaultParallel => Math.Min(Environment.ProcessorCount, 64);

    private async Task<int> Run(ParseResult parsed)
    {
        using var interruption = new Interruption();
        var plan = ReproductionPlan.Of(Wanted(parsed));
        if (plan.Count == 0) throw new ConfigurationException($"{_only.Name}: none of these parts has runs on these settings; see moe reproduce --help");
        var parallel = parsed.Number(_parallel, DefaultParallel, 1, 64);
        var threads = parsed.Number(_threads, MoeOrleansOptions.DefaultThreads, 1, MoeOrleansOptions.MaxThreads);
        var folder = FinishedRuns.Open(parsed.Text(_output) ?? "reproduction", _output.Name);
        await using var cleanUp = new CleanUp();
        var silo = cleanUp.Add(await EmbeddedSilo.Start(threads, parsed.GetValue(_verbose)));
        var bench = new RunBench(silo, new Deployment(1, 1, threads, DispatchMode.Reference), interruption.Token);
        // Labels are not part of the hash: the plan's labels are used.
        var kept = folder.Read(plan).ToDictionary(run => run.Planned.Name, run => new LabelledRun(run.Planned.Name, run.Planned.Parts, bench.Analyse(new RunResult(run.Planned.Spec, run.Saved.Record, run.Saved.Weights, run.Saved.BestWeights))));
        var todo = plan.Where(run => !kept.ContainsKey(run.Name)).ToArray();
        if (todo.Length > 0) Consoles.Note("measuring the time of steps on this machine");
        ParallelRuns<LabelledRun> runs;
        IReadOnlyList<LabelledRun> done;
        double planned;
        long start;
        try
        {
            var costs = await StepCosts.Measure(bench, todo, parallel);
            PlanTable.Write(plan, todo, costs);
            if (parsed.GetValue(_plan)) return ExitCode.Done;
            runs = new ParallelRuns<LabelledRun>((planned, report) => Train(bench, folder, planned, report), costs, parallel);
            (planned, start) = (todo.Sum(run => costs.Seconds(run.Spec)), Stopwatch.GetTimestamp());
            done = await ReproductionView.Watch(report => runs.Do(todo, kept.Count, report, interruption.Token));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Consoles.Note($"moe: interrupted; finished runs are kept in {folder.Path}; the same command continues from there");
            return ExitCode.Interrupted;
        }

        var wall = Stopwatch.GetElapsedTime(start);
        Consoles.Note($"{todo.Length} runs took {Format.Duration(wall)}; {Format.Duration(TimeSpan.FromSeconds(planned))} were expected");
        foreach (var failure in runs.Failures) Consoles.Note(failure);

        var byName = kept.Values.Concat(done).ToDictionary(run => run.Name);
        LabelledRun[] all = [.. plan.Where(run => byName.ContainsKey(run.Name)).Select(run => byName[run.Name])];
        var findings = ReproductionFindings.Of(all) with { Provenance = ProvenanceOf.Process(threads, parallel, done.Count, kept.Count, planned, wall.TotalSeconds) };
        ReproductionReport.Write(findings, all, folder.Path);
        folder.Replace("tables.md", FindingsTables.All(findings));
        folder.Replace("reproduce.json", FindingsJson.Write(findings));
        FindingsView.Write(findings);
        Consoles.Note($"{Path.Combine(folder.Path, "report.html")}");
        return runs.Failures.Count > 0 ? ExitCode.Failure : ExitCode.Done;
    }

    private static async Task<(LabelledRun Run, RunSummary Summary)> Train(RunBench bench, FinishedRuns folder, PlannedRun planned, ProgressReport report)
    {
        // The figures of products show one initialisation.
        var recordsProducts = planned.Spec.Training.Seed == 1 && planned.Spec.Model.Experts > 1;
        var (result, run) = await bench.Run(planned.Spec, recordsProducts ? ProductsInterval : 0, report);
        folder.Keep(planned, result);
        return (new LabelledRun(planned.Name, planned.Parts, run), run.Summary);
    }

    private PlanOptions Wanted(ParseResult parsed)
    {
        var settings = List(parsed, _settings, Presets.Settings);
        var parts = List(parsed, _only, [.. ReproductionPlan.Parts.Select(part => part.Name)]);
        // No setting has the sweeps.
        if (parsed.Text(_settings) is not null && parsed.Text(_only) is null) parts = ReproductionPlan.SettingParts;
        var dataSeeds = parsed.Number(_dataSeeds, 0, 0, MaxRuns);
        if (dataSeeds == 0 && parsed.Text(_only) is not null && parts.Contains(ReproductionPart.OverData))
            throw new ConfigurationException($"{_only.Name}: {ReproductionPart.OverData} needs {_dataSeeds.Name} N, the number of data sets");
        return new PlanOptions(settings, parsed.Number(_runs, 10, 1, MaxRuns), dataSeeds, parsed.GetValue(_wide), [.. parts], parsed.Texts(_set));
    }

    private static IReadOnlyList<string> List(ParseResult parsed, Option<string> option, IReadOnlyList<string> valid)
    {
        if (parsed.Text(option) is not { } text) return valid;
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var word in words)
        {
            if (!valid.Contains(word))
                throw new ConfigurationException($"{option.Name}: must be some of {string.Join(", ", valid)}, with commas, got '{word.ReplaceLineEndings(" ")}'{Suggestion.Question(Suggestion.Nearest(word, valid))}");
        }

        // In the published order, each once.
        return [.. valid.Where(words.Contains)];
    }
}
