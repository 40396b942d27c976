using System.CommandLine;
using System.CommandLine.Parsing;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe train: trains on a silo in this process, on silo processes that it starts, or in a running cluster.</summary>
internal sealed class TrainCommand : Command, IHelpPage
{
    private readonly SpecificationOptions _specification = new();
    private readonly DeploymentOptions _deployment = new();
    private readonly SilosOptions _silos = new();
    private readonly RoutingOptions _routing = new();
    private readonly ObservabilityOptions _observability = new();
    private readonly PageOptions _page = new();
    private readonly Option<bool> _verbose;
    private readonly ExpertsFromOption _expertsFrom;

    private readonly ConnectOption _connect = new("a silo in this process");
    private readonly NameOption _name = new();
    private readonly WaitOptions _wait = new();
    private readonly OutputOptions _output = new();

    private readonly Option<bool> _detach = new("--detach")
    {
        Description = "Start the run in a cluster (of --connect, or of 'moe cluster up') and return; then use moe runs, watch, stop and fetch",
    };

    private readonly Option<string> _replay = new("--replay")
    {
        HelpName = "DIR",
        Description = "Instead of training: repeat the steps of another implementation from the inputs in DIR, in double and in float, and compare (docs/replay.md). No other option may be given.",
    };

    public TrainCommand(Option<bool> verbose, ExpertsFromOption expertsFrom)
        : base("train", "Trains a mixture, evaluates it, and shows which expert serves which cluster.")
    {
        (_verbose, _expertsFrom) = (verbose, expertsFrom);
        foreach (var option in (IEnumerable<Option>)[.. _specification.All, .. _deployment.All, .. _silos.All, .. _observability.All, .. _page.All, .. _routing.All, .. _output.All, .. _wait.All]) Add(option);
        foreach (var option in _connect.All) Add(option);
        Add(_name.Option);
        Add(_detach);
        Add(_replay);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe train [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        .. _specification.Help,
        HelpSection.Of("Kinds of expert from elsewhere", _expertsFrom.Option),
        HelpSection.Of("Where it runs, which changes no bit of the result", [.. _silos.All, .. _connect.All, _detach, _name.Option, .. _wait.All, .. _deployment.All]),
        HelpSection.Of("Traces and metrics (docs/observability.md)", [.. _observability.All]),
        HelpSection.Of("Live page", [.. _page.All]),
        HelpSection.Of("Record of routing", [.. _routing.All]),
        HelpSection.Of("Output; progress goes to standard error", [.. _output.All, _verbose]),
        HelpSection.Of("Comparison", _replay),
        new HelpSection(
            "Examples",
            [
                ("moe train", "the paper's mixture of 8 experts on its setting 1"),
                ("moe train --activation linear --setting 2 --seed 7", ""),
                ("moe train --shards 4 --threads 2 --output out --json", ""),
                ("moe train --silos 3", "the same bits from three processes"),
                ("moe train --output out --report", "then open out/report.html"),
                ("moe train --connect 10.0.0.7:30000 --name may --output out", "trains once, however often it is called"),
                ("moe train --page", "and see in a browser where samples go"),
                ("moe train --spec spec.json --set training.expert.rate=0.01", ""),
            ]),
        new HelpSection(
            "Ctrl+C",
            [
                ("once", "ends the run after the step in progress; the run is evaluated, and its files are written"),
                ("twice", "ends at once; only metrics.csv has its steps"),
                ("SIGTERM", "like Ctrl+C; but a run with --name goes on without the command"),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private async Task<int> Run(ParseResult parsed)
    {
        if (parsed.Text(_replay) is { } replay)
            return ReplayRun.Run(replay, _replay, parsed.CommandResult.Children.OfType<OptionResult>().Where(given => !given.Implicit), _verbose);

        // A specification may come from a pipe. Until it is there, Ctrl+C ends the process as it ends any other.
        var spec = _specification.Read(parsed);
        using var interruption = new Interruption();
        var (silos, address, wait) = Where(parsed);
        var deployment = address is null ? _deployment.Read(parsed, spec, silos?.Count ?? 1) : _deployment.Read(parsed, spec, []);
        if (parsed.GetValue(_detach)) RefuseDetached(parsed);
        var name = _name.Read(parsed, address);
        if (name is not null) _routing.RefuseNamed(parsed);
        var export = _observability.Export(parsed, isHere: silos is null && address is null);
        var share = _observability.TracedShare(parsed);
        if (name is not null && _output.Saved(parsed, name, spec) is { } saved) return saved.Show(parsed.GetValue(_output.Json));
        using var output = _output.Open(parsed, spec, name);
        var page = _page.Read(parsed);
        if (parsed.GetValue(_detach)) return await Detach(parsed, spec, address!, name, wait, interruption.Token);
        using var routing = _routing.Open(parsed, spec, output.Folder);
        // In a cluster it depends on the silos, and the queue refuses.
        if (silos is not null && LargestMessage.Refusal(spec, deployment.Shards, ProductsInterval(spec), routing is not null) is { } refusal) throw new ConfigurationException(refusal);

        var files = spec.Data.Source == DataSource.Files ? new DataFileStamps(spec.Data.Path) : null;
        await using var cleanUp = new CleanUp();
        var interval = output.WritesReport || page is not null ? ProductsInterval(spec) : 0;
        var result = await Train(output, address is not null, async show =>
        {
            interruption.Token.ThrowIfCancellationRequested();
            if (address is not null)
            {
                var client = cleanUp.Add(await Connect(address, wait, name, interruption.Token));
                if (page is not null) await cleanUp.Add(page).Serve(client);
                return await FollowSubmitted(await Submit(client, parsed, spec, interval, name, routing), show, routing, interruption);
            }

            if (silos is var (count, redis))
            {
                var cluster = cleanUp.Add(await ChildCluster.Start(count, deployment.Threads, redis, TimeProvider.System, interruption.Token, _expertsFrom.Path(parsed)));
                var client = cleanUp.Add(await TrainingClient.Connect(cluster.Address, Consoles.Note));
                if (page is not null) await cleanUp.Add(page).Serve(client);
                var run = await client.Start(spec, deployment, interval, share, routing?.Interval ?? 0);
                return await await Task.WhenAny(RunWatch.FollowOwn(run, show, interruption.Token, routing), cluster.Lost<RunResult>());
            }

            var silo = cleanUp.Add(await EmbeddedSilo.Start(deployment.Threads, parsed.GetValue(_verbose), export));
            if (page is null) return await RunWatch.Train(silo.Client, spec, deployment, interval, show, interruption.Token, share, routing);
            await cleanUp.Add(page).Serve(silo.Client);
            // The page finds runs in the queue, and shows this one after its end.
            return await RunWatch.FollowOwn(await silo.Client.Start(spec, deployment, interval, share, routing?.Interval ?? 0), show, interruption.Token, routing);
        }, interruption.Token);
        // Another command that followed the run may have written its files meanwhile.
        if (name is not null && _output.Saved(parsed, name, spec) is { } written) return written.Show(parsed.GetValue(_output.Json));
        await output.Write(result, parsed.GetValue(_output.Json), isKeptByCluster: address is not null, interruption.Token);
        routing?.Complete(result.Summary.RunId);
        if (files is { HaveChanged: true }) RefuseChangedFiles(spec.Data);
        if (page is not null) await page.Stay(interruption.Token);
        return result.Summary.StopReason == StopReason.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    /// <summary>The silos to start, or the cluster to connect to with the wait for it; neither for a silo in this process.</summary>
    private ((int Count, string? Redis)? Silos, ClusterAddress? Address, ClusterWait? Wait) Where(ParseResult parsed)
    {
        var (silos, isDetached, mayStart) = (_silos.Read(parsed), parsed.GetValue(_detach), _wait.Given(parsed));
        if (silos is not null && (isDetached || _connect.Given(parsed))) throw new ConfigurationException("--silos: starts silos of its own; leave it out with --connect and --detach");
        if (silos is not null) _connect.RefuseTls(parsed);
        // What is typed wins over a variable.
        var address = silos is not null ? null : isDetached ? _connect.ReadOrLocal(parsed, mayStart) : _connect.Read(parsed, mayStart);
        return (silos, address, _wait.Read(parsed, address));
    }

    private static Task<TrainingClient> Connect(ClusterAddress address, ClusterWait? wait, string? name, CancellationToken interrupted) =>
        wait?.Connect(address, name, interrupted) ?? TrainingClient.Connect(address, Consoles.Note);

    private static async Task<RunResult> FollowSubmitted(RunHandle run, ProgressReport show, RoutingRecord? routing, Interruption interruption)
    {
        try
        {
            return await (run.Info.Name is null ? RunWatch.FollowOwn(run, show, interruption.Token, routing) : NamedRun.Follow(run, show, interruption));
        }
        catch (RunFailedException failure)
        {
            throw RunWatch.WithHint(run, failure);
        }
    }

    private void RefuseDetached(ParseResult parsed)
    {
        _routing.RefuseDetached(parsed);
        _page.RefuseDetached(parsed);
        if (_output.Given(parsed) is { } given)
            throw new ConfigurationException($"{given}: a detached run's files are written by 'moe fetch RUN --output DIR', with --report if you like, once it has ended");
    }

    // Files are mapped: a run that goes on after they were written to has read some of both.
    private static void RefuseChangedFiles(DataSpec data)
    {
        try
        {
            _ = FileData.Read(data);
        }
        catch (DataFileException failure)
        {
            throw new IOException($"{failure.Message}; this was done under the run, whose result is that of no data: train again", failure);
        }
    }

    /// <summary>Trains, and shows the progress. What was trained is written even if it could not be evaluated.</summary>
    private static async Task<RunResult> Train(RunOutput output, bool isKeptByCluster, Func<ProgressReport, Task<RunResult>> train, CancellationToken interrupted)
    {
        try
        {
            return await output.Watch(RunView.ForStandardError(), train);
        }
        catch (RunFailedException failure)
        {
            throw await output.Write(failure, isKeptByCluster, interrupted);
        }
    }

    private async Task<int> Detach(ParseResult parsed, RunSpec spec, ClusterAddress address, string? name, ClusterWait? wait, CancellationToken interrupted)
    {
        await using var cleanUp = new CleanUp();
        var client = cleanUp.Add(await Connect(address, wait, name, interrupted));
        var run = await Submit(client, parsed, spec, ProductsInterval(spec), name);
        var wasStopped = name is not null && await NamedRun.WasStopped(run);
        if (parsed.GetValue(_output.Json)) JsonOutput.Write(run.Info);
        else if (run.Info.State == QueueEntryState.Done) Console.Out.WriteLine($"run {run.RunId} {(wasStopped ? "was stopped" : "is done")}; moe fetch {run.RunId} --output DIR writes its files");
        else Console.Out.WriteLine($"run {run.Info.RunId} is {RunsTable.State(run.Info)}; moe watch {run.Info.RunId} shows its progress");
        return wasStopped ? ExitCode.Interrupted : ExitCode.Done;
    }

    private async Task<RunHandle> Submit(TrainingClient client, ParseResult parsed, RunSpec spec, int interval, string? name, RoutingRecord? routing = null)
    {
        var silos = (await client.GetStatus()).Silos;
        var (deployment, share) = (_deployment.Read(parsed, spec, silos), _observability.TracedShare(parsed));
        return name is null ? await client.Start(spec, deployment, interval, share, routing?.Interval ?? 0) : await client.StartNamed(name, spec, deployment, interval, share);
    }

    /// <summary>Steps between records of the products, about 100 records in all; 0 if the data's signals are unknown or there is no router.</summary>
    private static int ProductsInterval(RunSpec spec) =>
        spec.Data.Source == DataSource.Clusters && spec.Model.Experts > 1 ? Math.Max(1, spec.Training.Steps / 100) : 0;
}
