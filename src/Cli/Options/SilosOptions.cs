using System.CommandLine;
using MoeOrleans.Cli.CommandLine;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;

namespace MoeOrleans.Cli.Options;

/// <summary>The options that start silo processes on this machine.</summary>
internal sealed class SilosOptions
{
    private const int MaxSilos = 64;

    private readonly Option<string> _silos = new("--silos") { HelpName = "N", Description = $"Start N silo processes on this machine: 1 to {MaxSilos}" };

    private readonly Option<string> _clustering = new("--clustering")
    {
        HelpName = "KIND",
        Description = "Where the cluster lists its silos: development (in the first silo, the default) or redis (any silo may end)",
    };

    private readonly Option<string> _redis = new("--redis") { HelpName = "CONNECTION", Description = $"With --clustering redis: its connection string (default: the variable {RedisConnection.Variable}, which may hold a password, or localhost:6379)" };

    /// <summary>Every option.</summary>
    public IEnumerable<Option> All => [_silos, _clustering, _redis];

    /// <summary>The number of silos and the Redis that lists them (null for none); null if the command line asks for no silos.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="absent">The number of silos without --silos; 0 if silos are only started on request.</param>
    public (int Count, string? Redis)? Read(ParseResult parsed, int absent = 0)
    {
        var kind = parsed.Choice(_clustering, ClusteringKind.Development);
        var redis = parsed.Text(_redis);
        if (redis is not null && kind != ClusteringKind.Redis) throw new ConfigurationException($"{_redis.Name}: needs {_clustering.Name} redis");
        if (parsed.Text(_silos) is null && absent == 0)
        {
            if (parsed.Text(_clustering) is not null) throw new ConfigurationException($"{_clustering.Name}: needs {_silos.Name} N, the silos that it is for");
            return null;
        }

        var count = parsed.Number(_silos, absent, 1, MaxSilos);
        if (kind != ClusteringKind.Redis) return (count, null);
        redis ??= Environment.GetEnvironmentVariable(RedisConnection.Variable) is { Length: > 0 } variable ? variable : "localhost:6379";
        try
        {
            _ = RedisConnectionString.ParseOfSilo(redis);
        }
        catch (ConfigurationException failure)
        {
            throw new ConfigurationException($"{_redis.Name}: {failure.Message}");
        }

        return (count, redis);
    }
}
