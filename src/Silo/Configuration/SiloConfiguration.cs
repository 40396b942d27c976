using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Silo.Configuration;

/// <summary>
/// The settings of a silo: appsettings.json beside the program, above it a file that is named, above it the environment, on top
/// the command line. Whatever is wrong is told with the place where it was set.
/// </summary>
internal sealed class SiloConfiguration
{
    private const int MaxThreads = 256;
    private const int MaxDrainSeconds = 3600;

    private SiloConfiguration(IConfigurationRoot settings) => Settings = settings;

    private delegate bool TryParse<T>(string text, out T? value);

    /// <summary>All settings, those of other parts of .NET too.</summary>
    public IConfigurationRoot Settings { get; }

    /// <summary>Reads all places.</summary>
    /// <param name="file">A settings file more, or null.</param>
    /// <param name="typed">What the command line says, by key.</param>
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
    /// <exception cref="ConfigurationException">The first that is wrong.</exception>
    public SiloOptions Read()
    {
        CheckNames();
        var siloPort = Number("SiloPort", 11111, 1, IPEndPoint.MaxPort);
        var address = Parse("AdvertisedAddress", "127.0.0.1", "an IP address, such as 10.0.0.7", (string text, out IPAddress? value) => IPAddress.TryParse(text, out value));
        var own = new IPEndPoint(address, siloPort);
        return new SiloOptions(
            Word("Name", $"{Environment.MachineName}-{siloPort}"),
            siloPort,
            Number("GatewayPort", 30000, 1, IPEndPoint.MaxPort),
            address,
            Word("ClusterId", "moe"),
            Choice("Clustering", ClusteringKind.Development),
            Parse("Primary", own.ToString(), "the address and silo port of the first silo, such as 10.0.0.7:11111", (string text, out IPEndPoint? value) => IPEndPoint.TryParse(text, out value) && value.Port > 0),
            Text("Redis") ?? "localhost:6379",
            Number("Threads", Math.Min(Environment.ProcessorCount, MaxThreads), 1, MaxThreads),
            Number("HttpPort", 8080, 0, IPEndPoint.MaxPort),
            Choice("LogFormat", LogFormat.Text),
            TimeSpan.FromSeconds(Number("DrainSeconds", 30, 0, MaxDrainSeconds)),
            Folder("DataFolder"));
    }

    // A misspelt setting would silently do nothing.
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
        return Directory.Exists(text) ? Path.GetFullPath(text) : throw Wrong(name, "a folder that exists", text);
    }

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

    // It goes into keys, tables and log lines.
    private string Word(string name, string absent)
    {
        var text = Text(name) ?? absent;
        return text.Length <= 100 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : throw Wrong(name, "at most 100 letters, digits, '-', '_' and '.'", text);
    }

    private ConfigurationException Wrong(string name, string valid, string text) =>
        new($"{Place($"{SiloSetting.Section}:{name}")}: must be {valid}; got {text.ReplaceLineEndings(" ")}");

    /// <summary>Where a setting was set, in the words of that place.</summary>
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
