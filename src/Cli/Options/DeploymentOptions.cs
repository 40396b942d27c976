using System.CommandLine;
using System.Globalization;
using System.Net;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Grains.Silos;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Cli.Options;

/// <summary>The options that spread a run over silos. None changes a bit of the result.</summary>
internal sealed class DeploymentOptions
{
    private const int MaxThreads = MoeOrleansOptions.MaxThreads;

    private readonly Option<string> _shards = new("--shards")
    {
        HelpName = "N",
        Description = "Shards of a minibatch, at most one for each of its blocks (default: one per machine that has silos; with payload, one per silo)",
    };

    private readonly Option<string> _threads = new("--threads")
    {
        HelpName = "N",
        Description = $"Compute threads of a silo: 1 to {MaxThreads} (default: the number of cores, {Cores} here, even if several silos share them)",
    };

    private readonly Option<string> _dispatch = new("--dispatch")
    {
        HelpName = "MODE",
        Description = "How samples travel between silos: reference (as indexes, each silo has the data set; default) or payload (the rows themselves)",
    };

    private static int Cores => MoeOrleansOptions.DefaultThreads;

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_shards, _threads, _dispatch];

    /// <summary>The deployment on silos that this command starts on this machine, checked against the specification.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="silos">Number of silos.</param>
    public Deployment Read(ParseResult parsed, RunSpec spec, int silos) =>
        Read(parsed, spec, silos, machines: 1);

    /// <summary>The deployment on silos that need not exist, checked against the specification.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="silos">Number of silos.</param>
    /// <param name="machines">Number of machines that they are on.</param>
    public Deployment Read(ParseResult parsed, RunSpec spec, int silos, int machines) =>
        Read(parsed, spec, silos, machines, parsed.Number(_threads, Cores, 1, MaxThreads));

    /// <summary>The deployment on silos that run already, with their threads.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="spec">The specification of the run.</param>
    /// <param name="silos">The silos.</param>
    public Deployment Read(ParseResult parsed, RunSpec spec, IReadOnlyList<SiloDescription> silos)
    {
        if (parsed.Text(_threads) is not null) throw new ConfigurationException($"{_threads.Name}: the silos of a running cluster have threads already; leave it out");
        var machines = silos.Select(silo => IPEndPoint.Parse(silo.Endpoint).Address).Distinct().Count();
        return Read(parsed, spec, Math.Max(1, silos.Count), Math.Max(1, machines), silos.Count == 0 ? 1 : silos.Max(silo => silo.Threads));
    }

    private Deployment Read(ParseResult parsed, RunSpec spec, int silos, int machines, int threads)
    {
        var (samples, blocks) = (new MinibatchOrder(spec.Training, spec.Data.Train).Size(0), Deployment.Blocks(spec));
        var why = string.Create(CultureInfo.InvariantCulture, $", as the minibatch of {samples:N0} has {blocks:N0} {(blocks == 1 ? "block" : "blocks")} of {spec.Training.Block:N0}");
        var dispatch = parsed.Choice(_dispatch, DispatchMode.Reference);
        return new Deployment(silos, parsed.Number(_shards, Deployment.DefaultShards(spec, silos, machines, dispatch), 1, blocks, why), threads, dispatch);
    }
}
