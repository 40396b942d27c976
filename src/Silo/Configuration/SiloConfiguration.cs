using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Clusters;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Silos;
using MoeOrleans.Hosting.Tls;
using MoeOrleans.Page;
using MoeOrleans.Runs.Requests;
using MoeOrleans.Telemetry;

namespace MoeOrleans.Silo.Configuration;

/// <summary>
/// The settings of a silo, from appsettings.json next to the program, from a file that --config names, from the environment, and from the
/// command line; later ones override earlier ones. An error names the place where the setting was made.
/// </summary>
internal sealed class SiloConfiguration
{
    private SiloConfiguration(IConfigurationRoot settings) => Settings = settings;

    private enum Switch
    {
        Off,
        On,
    }

    private delegate bool TryParse<T>(string text, out T? value);

    /// <summary>All settings, also those of .NET itself, such as its logging.</summary>
    public IConfigurationRoot Settings { get; }

    /// <param name="file">The file of --config; null for none.</param>
    /// <param name="typed">The settings of the command line, by key.</param>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public static SiloConfiguration Load(string? file, IReadOnlyDictionary<string, string?> typed)
    {
        if (Directory.Exists(file)) throw new ConfigurationException($"--config: '{file}' is a folder; name a JSON file");
        if (file is not null && !File.Exists(file)) throw new ConfigurationException($"--config: there is no file '{file}'");
        if (file is not null) CheckRegular(file);
        var builder = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (file is not null) builder.AddJsonFile(Path.GetFullPath(file));
        try
        {
            return new SiloConfiguration(builder.AddEnvironmentVariables().AddInMemoryCollection(typed).Build());
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            var reason = failure.GetBaseException().Message.ReplaceLineEndings(" ");
            throw new ConfigurationException($"{(file is null ? "appsettings.json" : $"--config {file}")}: cannot be read: {reason}");
        }
    }

    // To read a pipe would wait for a writer, without a word.
    private static void CheckRegular(string file)
    {
        try
        {
            RegularFile.Open(file).Dispose();
        }
        catch (UnreadableFileException failure)
        {
            throw new ConfigurationException($"--config: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"--config {file}: cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>How long the silo waits for its cluster.</summary>
    /// <exception cref="ConfigurationException">The setting has a value that is not allowed.</exception>
    public TimeSpan ReadWait() => TimeSpan.FromSeconds(Number(SiloSetting.WaitSeconds, 0, 0, 3600));

    /// <summary>The settings of the silo.</summary>
    /// <exception cref="ClusterUnavailableException">There is no host of the first silo's name; it may come.</exception>
    /// <exception cref="ConfigurationException">A setting is unknown, or has a value that is not allowed.</exception>
    public SiloServerOptions Read()
    {
        CheckNames();
        LogLevels.Check(Settings.GetSection("Logging"), Place);
        // Before anything that cannot be repeated.
        var member = Member();
        LoadExperts();
        var training = new MoeOrleansOptions
        {
            Threads = Number(SiloSetting.Threads, MoeOrleansOptions.DefaultThreads, 1, MoeOrleansOptions.MaxThreads),
            DataFolder = Folder(SiloSetting.DataFolder),
            DrainTimeout = TimeSpan.FromSeconds(Number(SiloSetting.DrainSeconds, 30, 0, (int)MoeOrleansOptions.MaxDrainTimeout.TotalSeconds)),
            MetricsExperts = Number(SiloSetting.MetricsExperts, TelemetryOptions.DefaultExperts, 0, MoeOrleansOptions.MaxMetricsExperts),
        };
        var options = new SiloServerOptions(
            member, training, Tls(), Number(SiloSetting.HttpPort, 8080, 0, IPEndPoint.MaxPort), Choice(SiloSetting.LogFormat, LogFormat.Text), ExportSettings.Read(name => Settings[name]),
            Choice(SiloSetting.OrleansSpans, Switch.Off) == Switch.On, Page(), Choice(SiloSetting.OrleansDashboard, Switch.Off) == Switch.On);
        CheckPortsDiffer(options);
        return options;
    }

    private TlsFolder? Tls() => Text(SiloSetting.TlsFolder) is { } folder
        ? TlsFolder.Open(folder, TlsRole.Silo, TimeProvider.System, Place($"{SiloSetting.Section}:{SiloSetting.TlsFolder}"))
        : null;

    private PageSettings? Page()
    {
        var port = Number(SiloSetting.PagePort, 0, 0, IPEndPoint.MaxPort);
        var address = Address(SiloSetting.PageAddress, "127.0.0.1");
        var token = Text(SiloSetting.PageTokenFile) is { } file ? Token(file) : null;
        if (port == 0) return null;
        if (token is null && !IPAddress.IsLoopback(address))
            throw At(SiloSetting.PageAddress, $"whoever reaches {address} could see the page: name a file with a token, {Option(SiloSetting.PageTokenFile)} FILE; 'openssl rand -hex 32' makes one");
        var hosts = (Text(SiloSetting.PageHosts) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong) throw Wrong(SiloSetting.PageHosts, "host names with commas between, without ports", wrong);
        return new PageSettings(new IPEndPoint(address, port), token, hosts);
    }

    private void CheckPortsDiffer(SiloServerOptions options)
    {
        var ports = new Dictionary<int, string>();
        foreach (var (name, port) in (ReadOnlySpan<(string, int)>)[
            (SiloSetting.SiloPort, options.Member.SiloPort), (SiloSetting.GatewayPort, options.Member.GatewayPort), (SiloSetting.HttpPort, options.HttpPort), (SiloSetting.PagePort, options.Page?.Endpoint.Port ?? 0)])
        {
            if (port == 0 || ports.TryAdd(port, name)) continue;
            throw At(name, $"is {port}, as {Option(ports[port])}; each needs a port of its own");
        }
    }

    private string Token(string file)
    {
        try
        {
            return PageSettings.ReadToken(file);
        }
        catch (ConfigurationException failure)
        {
            throw At(SiloSetting.PageTokenFile, failure.Message);
        }
    }

    private ClusterMemberOptions Member()
    {
        var siloPort = Number(SiloSetting.SiloPort, 11111, 1, IPEndPoint.MaxPort);
        var address = AdvertisedAddress();
        var primary = Primary(new IPEndPoint(address, siloPort));
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

    private IPEndPoint Primary(IPEndPoint self)
    {
        var text = Text(SiloSetting.Primary) ?? self.ToString();
        if (HostName.TryResolve(text, out IPEndPoint? primary)) return primary!;
        var wrong = Wrong(SiloSetting.Primary, "address or host and silo port of the first silo, such as 10.0.0.7:11111", text);
        throw HostName.MayComeToBe(text) ? new ClusterUnavailableException(wrong.Message) : wrong;
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
            throw At(SiloSetting.Redis, failure.Message);
        }
    }

    // A misspelt setting would have no effect.
    private void CheckNames()
    {
        foreach (var setting in Settings.GetSection(SiloSetting.Section).GetChildren())
        {
            if (SiloSetting.All.Any(known => known.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase))) continue;
            // For moe: silos that moe starts inherit its environment.
            if (Place($"{SiloSetting.Section}:{setting.Key}") == ClusterAddress.Variable) continue;
            var question = Suggestion.Question(Suggestion.Nearest(setting.Key, SiloSetting.All.Select(known => known.Name)));
            throw new ConfigurationException($"{Place($"{SiloSetting.Section}:{setting.Key}")}: unknown setting{(question.Length > 0 ? question : "; see moe-silo --help")}");
        }
    }

    private string? Text(string name) => Settings[$"{SiloSetting.Section}:{name}"] is { Length: > 0 } text ? text : null;

    private string? Folder(string name)
    {
        if (Text(name) is not { } text) return null;
        if (!Directory.Exists(text)) throw Wrong(name, "a folder that exists", text);
        return SharedData.Refusal(text) is { } refusal ? throw At(name, refusal) : Path.GetFullPath(text);
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
            throw At(SiloSetting.ExpertsFrom, failure.Message);
        }
    }

    private IPAddress Address(string name, string absent) => Parse<IPAddress>(name, absent, "an IP address or a host with one, such as 10.0.0.7", HostName.TryResolve);

    // Others cannot connect to "all addresses".
    private IPAddress AdvertisedAddress()
    {
        var address = Address(SiloSetting.AdvertisedAddress, "127.0.0.1");
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? throw Wrong(SiloSetting.AdvertisedAddress, $"an address that others connect to; {Option(SiloSetting.ListenAddress)} {address} listens at all of the machine's", address.ToString())
            : address;
    }

    private static string Option(string name) => SiloSetting.All.First(setting => setting.Name == name).Option;

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
        return PlainWord.Is(text) ? text : throw Wrong(name, PlainWord.Meaning, text);
    }

    private ConfigurationException Wrong(string name, string valid, string text) => At(name, $"must be {valid}; got {text.ReplaceLineEndings(" ")}");

    private ConfigurationException At(string name, string message) => new($"{Place($"{SiloSetting.Section}:{name}")}: {message}");

    /// <summary>Where a setting was made, as the user wrote it there.</summary>
    private string Place(string key)
    {
        var setting = SiloSetting.All.FirstOrDefault(known => known.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        return Settings.Providers.LastOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            MemoryConfigurationProvider when setting is not null => setting.Option,
            EnvironmentVariablesConfigurationProvider => setting?.Variable ?? Variable(key),
            JsonConfigurationProvider json => $"{key} in {json.Source.Path}",
            _ => key,
        };
    }

    // The environment ignores case; .NET's own names are usually written as they are.
    private static string Variable(string key)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);
        return key.StartsWith($"{SiloSetting.Section}:", StringComparison.OrdinalIgnoreCase) ? name.ToUpperInvariant() : name;
    }
}
