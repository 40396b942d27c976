using System.CommandLine;
using System.CommandLine.Parsing;
using MoeOrleans.Cli.Cluster;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator.Output;
using MoeOrleans.Reports.Page;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe train: runs a specification on a silo in this process, on silos started for it, or in a cluster that runs already.</summary>
internal sealed class TrainCommand : Command, IHelpPage
{
    private readonly SpecificationOptions _specification = new();
    private readonly DeploymentOptions _deployment = new();
    private readonly SilosOptions _silos = new();
    private readonly Option<bool> _verbose;

    private readonly Option<string> _output = new("--output")
    {
        HelpName = "DIR",
        Description = $"Folder for the run's files: {string.Join(", ", RunFolder.Files)}. It has to be absent or empty. Without it nothing is written.",
    };

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Replace the files of an earlier run in DIR once this one is done; other files there stay",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the summary as one JSON object on standard output, and nothing else there",
    };

    private readonly Option<bool> _report = new("--report")
    {
        Description = "Also write report.html and its figures (SVG and PNG) into DIR: curves, what each expert has learned, who serves which cluster",
    };

    private readonly Option<string> _replay = new("--replay")
    {
        HelpName = "DIR",
        Description = "Instead of training: do the steps of another implementation again from the inputs in DIR, in double and in float, and compare (docs/replay.md). Stands alone.",
    };

    public TrainCommand(Option<bool> verbose)
        : base("train", "Trains a mixture, evaluates it, and shows which expert got which cluster.")
    {
        _verbose = verbose;
        foreach (var option in (IEnumerable<Option>)[.. _specification.All, .. _deployment.All, .. _silos.All]) Add(option);
        Add(_output);
        Add(_overwrite);
        Add(_json);
        Add(_report);
        Add(_replay);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe train [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        .. _specification.Help,
        HelpSection.Of("Where it runs, which changes no bit of the result", [.. _silos.All, .. _deployment.All]),
        HelpSection.Of("Output; progress goes to standard error", _output, _overwrite, _report, _json, _verbose),
        HelpSection.Of("Comparison", _replay),
        new HelpSection(
            "Examples",
            [
                ("moe train", "the paper's mixture of 8 experts on its setting 1"),
                ("moe train --activation linear --setting 2 --seed 7", ""),
                ("moe train --shards 4 --threads 2 --output out --json", ""),
                ("moe train --silos 3", "the same bits from three processes"),
                ("moe train --output out --report", "then open out/report.html"),
                ("moe train --spec spec.json --set training.expert.rate=0.01", ""),
            ]),
        new HelpSection(
            "Ctrl+C",
            [("once", "ends the run after the step in progress: it is evaluated and its files are written"), ("twice", "ends at once; nothing is written")]),
        RootMoeCommand.ExitCodes,
    ];

    private async Task<int> Run(ParseResult parsed)
    {
        if (parsed.Text(_replay) is { } replay)
            return ReplayRun.Run(replay, _replay, parsed.CommandResult.Children.OfType<OptionResult>().Where(given => !given.Implicit), _verbose);

        using var interruption = new Interruption();
        var spec = _specification.Read(parsed);
        var silos = _silos.Read(parsed);
        var deployment = _deployment.Read(parsed, spec, silos?.Count ?? 1);
        var folder = OpenFolder(parsed);
        var report = parsed.GetValue(_report);
        if (report && folder is null) throw new InputException("--report: needs --output DIR, the folder that the report is written to");
        var run = new FollowedRun(spec, deployment, report ? ProductsInterval(spec) : 0, interruption.Token);

        var result = await RunView.ForStandardError().Watch(async show =>
        {
            interruption.Token.ThrowIfCancellationRequested();
            if (silos is var (count, redis))
            {
                await using var children = await ChildSilos.Start(count, deployment.Threads, redis, interruption.Token);
                await using var client = await children.Address.Connect();
                return await await Task.WhenAny(run.Run(client.Grains, show), children.Lost<RunResult>());
            }

            await using var silo = await EmbeddedSilo.Start(deployment.Threads, parsed.GetValue(_verbose));
            return await run.Run(silo.Grains, show);
        });
        try
        {
            folder?.Write(result.Record, result.Weights, result.BestWeights);
            if (report) RunReport.Write(result.Analyse(spec, Datasets.Load(spec.Data)), folder!.Path);
        }
        finally
        {
            // The result is shown even where its files cannot be written.
            if (parsed.GetValue(_json))
                Console.Out.WriteLine(SummaryJson.Write(result.Record.Summary, indented: false));
            else
                SummaryTable.Write(result.Record.Summary, spec, folder?.Path);
        }

        return result.Record.Summary.StopReason == StopReason.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    /// <summary>Steps between records of the products, about a hundred in all; none where the data's signals are unknown or there is no router.</summary>
    private static int ProductsInterval(RunSpec spec) =>
        spec.Data.Source == DataSource.Clusters && spec.Model.Experts > 1 ? Math.Max(1, spec.Training.Steps / 100) : 0;

    private RunFolder? OpenFolder(ParseResult parsed)
    {
        var overwrite = parsed.GetValue(_overwrite);
        if (parsed.Text(_output) is not { } path)
            return overwrite ? throw new InputException("--overwrite: needs --output DIR, the folder whose files are replaced") : null;
        try
        {
            return RunFolder.Open(path, overwrite);
        }
        catch (RunFolderException failure)
        {
            throw new InputException($"{_output.Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
