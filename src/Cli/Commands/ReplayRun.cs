using System.CommandLine;
using System.CommandLine.Parsing;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Cli.Views;
using MoeOrleans.Compute.Replay;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Commands;

/// <summary>moe train --replay: repeats the steps of another implementation from its inputs, and compares the results.</summary>
internal static class ReplayRun
{
    /// <summary>Replays a folder in both precisions.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="given">All options that were given.</param>
    /// <param name="allowed">The options that may be given in addition.</param>
    public static int Run(string folder, Option option, IEnumerable<OptionResult> given, params Option[] allowed)
    {
        // The folder has the specification and every input, so another option would have no effect.
        if (given.FirstOrDefault(other => other.Option != option && !allowed.Contains(other.Option)) is { } other)
            throw new ConfigurationException($"{other.Option.Name}: cannot be given with {option.Name}, whose folder decides everything; remove one");
        if (!Directory.Exists(folder)) throw new ConfigurationException($"{option.Name}: there is no folder '{folder}'");
        try
        {
            ReplayReport[] reports = [ReplayComparison.Run<double>(folder), ReplayComparison.Run<float>(folder)];
            ReplayTable.Write(reports);
            return reports.All(report => report.Passed) ? ExitCode.Done : ExitCode.Failure;
        }
        catch (ReplayException failure)
        {
            throw new ConfigurationException($"{option.Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
