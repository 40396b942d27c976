using System.CommandLine;
using System.Globalization;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Cli;

/// <summary>The options that spread a run over silos; none changes a bit of its result.</summary>
internal sealed class DeploymentOptions
{
    private const int MaxThreads = 256;

    private readonly Option<string> _shards = new("--shards")
    {
        HelpName = "N",
        Description = "Shards of a minibatch, at most one for each of its blocks (default: one for each silo)",
    };

    private readonly Option<string> _threads = new("--threads")
    {
        HelpName = "N",
        Description = $"Compute threads of a silo: 1 to {MaxThreads} (default: the number of cores, {Cores} here, shared by the silos on this machine)",
    };

    private readonly Option<string> _dispatch = new("--dispatch")
    {
        HelpName = "MODE",
        Description = "How samples travel between silos: reference (as indexes, each silo has the data set; default) or payload (the rows themselves)",
    };

    private static int Cores => Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_shards, _threads, _dispatch];

    /// <summary>The deployment asked for, checked against what is to be run.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="spec">What is to be run.</param>
    /// <param name="silos">Number of silos, on this machine.</param>
    public Deployment Read(ParseResult parsed, RunSpec spec, int silos)
    {
        var samples = spec.Training.Minibatch == 0 ? spec.Data.Train : spec.Training.Minibatch;
        var blocks = ShardCut.Blocks(samples, spec.Training.Block);
        var why = string.Create(CultureInfo.InvariantCulture, $", as the minibatch of {samples:N0} has {blocks:N0} {(blocks == 1 ? "block" : "blocks")} of {spec.Training.Block:N0}");
        return new Deployment(
            silos,
            parsed.Number(_shards, Math.Min(silos, blocks), 1, blocks, why),
            parsed.Number(_threads, Math.Max(1, Cores / silos), 1, MaxThreads),
            parsed.Choice(_dispatch, DispatchMode.Reference));
    }

    /// <summary>The deployment on silos that run already, with the threads that they have.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="spec">What is to be run.</param>
    /// <param name="silos">The silos.</param>
    public Deployment Read(ParseResult parsed, RunSpec spec, IReadOnlyList<SiloDescription> silos)
    {
        if (parsed.Text(_threads) is not null) throw new InputException($"{_threads.Name}: the silos of a running cluster have threads already; leave it out");
        return Read(parsed, spec, Math.Max(1, silos.Count)) with { Threads = silos.Count == 0 ? 1 : silos.Max(silo => silo.Threads) };
    }
}
