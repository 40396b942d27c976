using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Silo.Configuration;

/// <summary>
/// The settings of a silo, from appsettings.json next to the program, from a file that --config names, from the environment, and from the
/// command line; later ones override earlier ones. An error names the place where the setting was made.
/// </summary>
internal sealed class SiloConfiguration
{
    private SiloConfiguration(IConfigurationRoot settings) => Settings = settings;

    private delegate bool TryParse<T>(string text, out T? value);

    /// <summary>All settings, also those of .NET itself, such as its logging.</summary>
    public IConfigurationRoot Settings { get; }

    /// <param name="file">The file of --config; null for none.</param>
    /// <param name="typed">The settings of the command line, by key.</param>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public static SiloConfiguration Load(string? file, IReadOnlyDictionary<string, string?> typed)
    {
        if (file is not null && !File.Exists(file)) throw new ConfigurationException($"--config: there is no file '{file}'");
        var builder = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (file is not null) builder.AddJsonFile(Path.GetFullPath(file));
        try
        {
            return new SiloConfiguration(builder.AddEnvironmentVariables().AddInMemoryCollection(typed).Build());
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException)
        {
            var reason = failure.GetBaseException().Message.ReplaceLineEndings(" ");
            throw new ConfigurationException($"{(file is null ? "appsettings.json" : $"--config {file}")}: cannot be read: {reason}");
        }
    }

    /// <summary>The settings of the silo.</summary>
    /// <exception cref="ConfigurationException">A setting is unknown, or has a value that is not allowed.</exception>
    public SiloServerOptions Read()
    {
        CheckNames();
        LoadExperts();
        var training = new MoeOrleansOptions
        {
            Threads = Number(SiloSetting.Threads, MoeOrleansOptions.DefaultThreads, 1, MoeOrleansOptions.MaxThreads),
            DataFolder = Folder(SiloSetting.DataFolder),
            DrainTimeout = TimeSpan.FromSeconds(Number(SiloSetting.DrainSeconds, 30, 0, (int)MoeOrleansOptions.MaxDrainTimeout.TotalSeconds)),
        };
        return new SiloServerOptions(Member(), training, Number(SiloSetting.HttpPort, 8080, 0, IPEndPoint.MaxPort), Choice(SiloSetting.LogFormat, LogFormat.Text));
    }

    private ClusterMemberOptions Member()
    {
        var siloPort = Number(SiloSetting.SiloPort, 11111, 1, IPEndPoint.MaxPort);
        var address = Address(SiloSetting.AdvertisedAddress, "127.0.0.1");
        var primary = Parse(
            SiloSetting.Primary, new IPEndPoint(address, siloPort).ToString(), "the address and silo port of the first silo, such as 10.0.0.7:11111",
            (string text, out IPEndPoint? value) => IPEndPoint.TryParse(text, out value) && value.Port > 0);
        return new ClusterMemberOptions(
            Word(SiloSetting.SiloName, $"{Environment.MachineName}-{siloPort}"),
            siloPort,
            Number(SiloSetting.GatewayPort, 30000, 1, IPEndPoint.MaxPort),
            address,
            Address(SiloSetting.ListenAddress, address.ToString()),
            Word(SiloSetting.ClusterId, "moe"),
            Choice(SiloSetting.Clustering, ClusteringKind.Development),
            primary,
            Redis());
    }

    private string Redis()
    {
        var text = Text(SiloSetting.Redis) ?? "localhost:6379";
        try
        {
            _ = RedisConnectionString.ParseOfSilo(text);
            return text;
        }
        catch (ConfigurationException failure)
        {
            throw new ConfigurationException($"{Place($"{SiloSetting.Section}:{SiloSetting.Redis}")}: {failure.Message}");
        }
    }

    // A misspelt setting would have no effect.
    private void CheckNames()
    {
        foreach (var setting in Settings.GetSection(SiloSetting.Section).GetChildren())
        {
            if (SiloSetting.All.Any(known => known.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase))) continue;
            var question = Suggestion.Question(Suggestion.Nearest(setting.Key, SiloSetting.All.Select(known => known.Name)));
            throw new ConfigurationException($"{Place($"{SiloSetting.Section}:{setting.Key}")}: unknown setting{(question.Length > 0 ? question : "; see moe-silo --help")}");
        }
    }

    private string? Text(string name) => Settings[$"{SiloSetting.Section}:{name}"] is { Length: > 0 } text ? text : null;

    private string? Folder(string name)
    {
        if (Text(name) is not { } text) return null;
        if (!Directory.Exists(text)) throw Wrong(name, "a folder that exists", text);
        return SharedData.Refusal(text) is { } refusal ? throw new ConfigurationException($"{Place($"{SiloSetting.Section}:{name}")}: {refusal}") : Path.GetFullPath(text);
    }

    private void LoadExperts()
    {
        if (Text(SiloSetting.ExpertsFrom) is not { } file) return;
        try
        {
            ExpertKinds.LoadFrom(file);
        }
        catch (SpecificationException failure)
        {
            throw new ConfigurationException($"{Place($"{SiloSetting.Section}:{SiloSetting.ExpertsFrom}")}: {failure.Message}");
        }
    }

    private IPAddress Address(string name, string absent) =>
        Parse(name, absent, "an IP address, such as 10.0.0.7", (string text, out IPAddress? value) => IPAddress.TryParse(text, out value));

    private T Parse<T>(string name, string absent, string valid, TryParse<T> parse)
        where T : class
    {
        var text = Text(name) ?? absent;
        return parse(text, out var value) ? value! : throw Wrong(name, valid, text);
    }

    private int Number(string name, int absent, int min, int max)
    {
        if (Text(name) is not { } text) return absent;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Wrong(name, $"{min} to {max}", text);
    }

    private T Choice<T>(string name, T absent)
        where T : struct, Enum
    {
        if (Text(name) is not { } text) return absent;
        var names = Enum.GetNames<T>();
        return names.Contains(text, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw Wrong(name, $"one of {string.Join(", ", names.Select(choice => choice.ToLowerInvariant()))}", text);
    }

    // Such a value becomes part of keys, tables and log lines.
    private string Word(string name, string absent)
    {
        var text = Text(name) ?? absent;
        return text.Length <= 100 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : throw Wrong(name, "at most 100 letters, digits, '-', '_' and '.'", text);
    }

    private ConfigurationException Wrong(string name, string valid, string text) =>
        new($"{Place($"{SiloSetting.Section}:{name}")}: must be {valid}; got {text.ReplaceLineEndings(" ")}");

    /// <summary>Where a setting was made, as the user wrote it there.</summary>
    private string Place(string key)
    {
        var setting = SiloSetting.All.FirstOrDefault(known => known.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        return Settings.Providers.LastOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            MemoryConfigurationProvider when setting is not null => setting.Option,
            EnvironmentVariablesConfigurationProvider => setting?.Variable ?? key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant(),
            JsonConfigurationProvider json => $"{key} in {json.Source.Path}",
            _ => key,
        };
    }
}
