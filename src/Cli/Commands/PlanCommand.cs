using System.CommandLine;
using MoeOrleans.Bench.Planning;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Options;
using MoeOrleans.Cli.Views;
using MoeOrleans.Coordinator;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe plan: the expected time, bytes and memory of a run on a cluster that need not exist.</summary>
internal sealed class PlanCommand : Command, IHelpPage
{
    private const int Rounds = 3;

    private readonly SpecificationOptions _specification = new();
    private readonly PlannedClusterOptions _cluster = new();
    private readonly Option<string> _constants = new("--constants") { HelpName = "FILE", Description = "Constants of a machine (default: the last that --measure kept here; without any, those of this program)" };
    private readonly Option<bool> _measure = new("--measure") { Description = "First measure this machine, for about three minutes, and keep the constants (in FILE with --constants)" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the plan as one JSON object on standard output, and nothing else there" };

    public PlanCommand()
        : base("plan", "Expects time, bytes and memory of a run's steps on a cluster that need not exist; it trains nothing.")
    {
        foreach (var option in (IEnumerable<Option>)[.. _specification.All, .. _cluster.All, _constants, _measure, _json]) Add(option);
        SetAction((parsed, _) => Run(parsed));
    }

    public string Usage => "moe plan [OPTIONS]";

    public IEnumerable<HelpSection> Sections =>
    [
        .. _specification.Help,
        HelpSection.Of("The cluster (docs/plan.md)", [.. _cluster.All]),
        HelpSection.Of("The machine that the plan is made from", _constants, _measure),
        HelpSection.Of("Output; progress goes to standard error", _json),
        new HelpSection(
            "Examples",
            [
                ("moe plan --silos 3 --threads 2", "three processes of one machine"),
                ("moe plan --experts 1000 --silos 100 --threads 8 --network 10 --imbalance 4", "a hundred machines"),
                ("moe plan --measure", "measure this machine first"),
            ]),
        RootMoeCommand.ExitCodes,
    ];

    private async Task<int> Run(ParseResult parsed)
    {
        var spec = _specification.Read(parsed);
        var cluster = _cluster.Read(parsed, spec);
        var imbalance = _cluster.ReadImbalance(parsed, spec);
        // As when such a run is started.
        if (cluster.Deployment.Silos > 1 && LargestMessage.Refusal(spec, cluster.Deployment.Shards, productsInterval: 0) is { } refusal) throw new ConfigurationException(refusal);
        var named = parsed.Text(_constants);
        var (constants, source) = parsed.GetValue(_measure) ? await Measure(named) : Constants(named);
        var result = PlanResult.Of(spec, cluster, imbalance, constants, source);
        if (parsed.GetValue(_json)) JsonOutput.Write(result);
        else RunPlanView.Write(result);
        return ExitCode.Done;
    }

    /// <summary>The constants of a file, else the last that were measured here, else those of this program; and where they are from.</summary>
    /// <param name="named">The file; null if the user names none.</param>
    public static (MachineConstants Constants, string Source) Constants(string? named)
    {
        const string Option = "--constants";
        if (named is not null) return (ConstantsFile.Read(named, Option), named);
        return LastMeasured() is { } last && File.Exists(last) ? (ConstantsFile.Read(last, Option), last) : (ConstantsFile.BuiltIn, "this program");
    }

    private static string? LastMeasured()
    {
        try
        {
            return ConstantsFile.LastMeasured;
        }
        catch (ConfigurationException)
        {
            // Without a state folder nothing was kept.
            return null;
        }
    }

    private async Task<(MachineConstants Constants, string Source)> Measure(string? named)
    {
        if (named is null) StateFolder.Open();
        var (path, option) = (named ?? ConstantsFile.LastMeasured, named is null ? _measure.Name : _constants.Name);
        // A file that cannot be written is reported before the minutes are spent.
        ConstantsFile.CheckWritable(path, option);
        var measured = await ConstantsBench.Measure(Rounds, Consoles.Note, TimeProvider.System);
        ConstantsFile.Write(path, measured, option);
        return (measured, path);
    }
}
