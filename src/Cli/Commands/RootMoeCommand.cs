using System.CommandLine;
using System.CommandLine.Invocation;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Training;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Training;
using MoeOrleans.Runs.Status;

namespace MoeOrleans.Cli.Commands;

/// <summary>The moe command: reads the command line and runs a command. A failure becomes one line and an exit code.</summary>
internal sealed class RootMoeCommand : RootCommand, IHelpPage
{
    public static readonly HelpSection ExitCodes = new(
        "Exit codes",
        [
            ($"{ExitCode.Done}", "done"),
            ($"{ExitCode.Failure}", "a failure: one line on standard error; or a replay, or compared runs, that differ"),
            ($"{ExitCode.BadInput}", "bad input: one line on standard error says what to change; nothing is written"),
            ($"{ExitCode.Interrupted}", "interrupted by Ctrl+C or SIGTERM, or stopped by moe stop before a result"),
        ]);

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Show the stack trace of a failure, and the log of the silo in this process",
        Recursive = true,
    };

    private readonly ExpertsFromOption _expertsFrom = new();

    private RootMoeCommand()
        : base("Trains sparse mixtures of experts, each expert an actor. A run's result depends on its specification alone: the same bits on any number of silos, shards and threads.")
    {
        var (train, spec) = (new TrainCommand(_verbose, _expertsFrom), new SpecCommand());
        Add(_verbose);
        Add(_expertsFrom.Option);
        Add(train);
        Add(new SweepCommand(_verbose));
        Add(new ReproduceCommand(_verbose));
        Add(new EvalCommand());
        Add(new PredictCommand());
        Add(new ExportCommand());
        Add(new DataCommand());
        Add(new CompareCommand());
        Add(new RoutingCommand());
        Add(new BenchCommand());
        Add(new PlanCommand());
        Add(new ClusterCommand(_expertsFrom));
        Add(new RunsCommand());
        Add(new WatchCommand());
        Add(new StopCommand());
        Add(new FetchCommand());
        Add(new ForgetCommand());
        Add(spec);
        HelpPageAction.Install(this);
        var help = new HelpPageAction();
        SetAction(help.Invoke);
    }

    public string Usage => "moe COMMAND [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        new HelpSection("Commands", [.. Subcommands.Select(command => (command.Name, command.Description ?? ""))]),
        new HelpSection("Options", [("--help", "Help, also of a command: moe train --help"), ("--version", "The version"), (_verbose.Name, _verbose.Description!), ($"{_expertsFrom.Option.Name} {_expertsFrom.Option.HelpName}", _expertsFrom.Option.Description!)]),
        new HelpSection(
            "Examples",
            [
                ("moe train", "the paper's mixture of 8 experts on its setting 1"),
                ("moe train --experts 4 --steps 100 --output out", "a shorter run, with its files in out"),
                ("moe spec --describe", "all fields of a specification"),
            ]),
        ExitCodes,
    ];

    /// <summary>Runs the command and gives its exit code.</summary>
    public static async Task<int> Run(string[] args)
    {
        var root = new RootMoeCommand();
        // Response files and bundled letters would give paths and misspelt options another meaning.
        var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        try
        {
            DescriptorLimit.Check();
            if (parsed.Action is ParseErrorAction) throw ParseErrors.Of(parsed);
            root._expertsFrom.Load(parsed);
            // Commands handle signals: a run ends after its step, however long the step takes.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception failure) when (failure is ConfigurationException or SpecificationException)
        {
            return Report(failure.Message.ReplaceLineEndings(" "), ExitCode.BadInput);
        }
        catch (OperationCanceledException ended)
        {
            return Report(ended is RunLeftException ? ended.Message : "moe: interrupted before the first step", ExitCode.Interrupted);
        }
        catch (RunFailedException failure) when (failure.State == QueueEntryState.Withdrawn)
        {
            return Report($"moe: {failure.Message}", ExitCode.Interrupted);
        }
#pragma warning disable CA1031 // The last resort: the user gets one line, whatever failed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Report(parsed.GetValue(root._verbose) ? $"moe: {failure}" : $"moe: {FailureLine.Of(failure)}", ExitCode.Failure);
        }
    }

    private static int Report(string line, int code)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Standard error is closed or full; the exit code remains.
        }

        return code;
    }
}
