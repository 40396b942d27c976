using System.CommandLine;
using System.Globalization;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Compute.Reduction;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Contracts;
using MoeOrleans.Grains.Contracts;

namespace MoeOrleans.Cli;

/// <summary>The options that spread a run; none changes a bit of its result.</summary>
internal sealed class DeploymentOptions
{
    private const int MaxThreads = 256;

    private readonly Option<string> _shards = new("--shards")
    {
        HelpName = "N",
        Description = "Shards of a minibatch, at most one for each of its blocks (default 1)",
    };

    private readonly Option<string> _threads = new("--threads")
    {
        HelpName = "N",
        Description = $"Compute threads of a silo: 1 to {MaxThreads} (default: the number of cores, {DefaultThreads} here)",
    };

    private static int DefaultThreads => Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_shards, _threads];

    /// <summary>The deployment asked for, checked against what is to be run.</summary>
    public Deployment Read(ParseResult parsed, RunSpec spec)
    {
        var samples = spec.Training.Minibatch == 0 ? spec.Data.Train : spec.Training.Minibatch;
        var blocks = ShardCut.Blocks(samples, spec.Training.Block);
        var why = $", as the minibatch of {Format(samples)} has {Format(blocks)} {(blocks == 1 ? "block" : "blocks")} of {Format(spec.Training.Block)}";
        return new Deployment(
            Silos: 1,
            Shards: Number(parsed, _shards, 1, blocks, why),
            Threads: Number(parsed, _threads, DefaultThreads, MaxThreads, ""),
            DispatchMode.Reference);
    }

    private static int Number(ParseResult parsed, Option<string> option, int absent, int max, string why)
    {
        if (parsed.Text(option) is not { } text) return absent;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new InputException($"{option.Name}: must be 1 to {Format(max)}{why}; got {text.ReplaceLineEndings(" ")}");
    }

    private static string Format(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
