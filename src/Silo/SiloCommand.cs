using System.CommandLine;
using System.CommandLine.Invocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Hosting.Membership;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Silo;

/// <summary>The moe-silo command: reads the settings and runs the silo. A failure becomes one line and an exit code.</summary>
internal sealed partial class SiloCommand : RootCommand
{
    private readonly Option<string> _file = new("--config") { HelpName = "FILE", Description = "Another settings file, JSON like appsettings.json next to the program, which it overrides" };
    private readonly Option<bool> _child = new("--child") { Description = "End when standard input ends, write 'ready' to standard output, and log to standard error: for a program that needs the silo only while it runs" };
    private readonly Option<bool> _detached = new("--detached") { Description = "Go on when the terminal is closed: for a program that ends before the silo" };
    private readonly (SiloSetting Setting, Option<string> Option)[] _settings =
        [.. SiloSetting.All.Select(setting => (setting, new Option<string>(setting.Option) { HelpName = setting.Value, Description = $"{setting.Meaning}; {setting.Variable}" }))];

    private SiloConfiguration? _configuration;

    private SiloCommand()
        : base("Runs a silo of a MoeOrleans cluster. Settings come from appsettings.json next to the program, --config, the environment (the names in capitals below) and these options; later ones override earlier ones.")
    {
        foreach (var (_, option) in _settings) Add(option);
        Add(_file);
        Add(_child);
        Add(_detached);
        SetAction((parsed, _) => Start(parsed));
    }

    /// <summary>Runs the command and gives its exit code.</summary>
    public static async Task<int> Run(string[] args)
    {
        var command = new SiloCommand();
        var parsed = command.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        try
        {
            DescriptorLimit.Check();
            if (parsed.Action is ParseErrorAction) throw ParseError(parsed);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (PortInUseException failure) when (command.LaunchOf(parsed) != Launch.Standalone)
        {
            return command.Report(parsed, failure.Message, SiloExitCode.PortInUse);
        }
        catch (ConfigurationException failure)
        {
            return command.Report(parsed, failure.Message, SiloExitCode.BadInput);
        }
        catch (OperationCanceledException)
        {
            return command.Report(parsed, "interrupted by a signal before the silo was ready", SiloExitCode.Failure);
        }
#pragma warning disable CA1031 // The last resort: the user gets one line, whatever failed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return command.Report(parsed, FailureLine.Of(failure.GetBaseException()), SiloExitCode.Failure);
        }
    }

    private async Task<int> Start(ParseResult parsed)
    {
        var typed = _settings.Where(setting => parsed.GetResult(setting.Option) is not null)
            .ToDictionary(setting => setting.Setting.Key, setting => parsed.GetValue(setting.Option));
        if (_settings.FirstOrDefault(setting => typed.TryGetValue(setting.Setting.Key, out var value) && string.IsNullOrWhiteSpace(value)) is { Option: { } empty })
            throw new ConfigurationException($"{empty.Name}: needs a value, such as {empty.Name} {empty.HelpName}");
        _configuration = SiloConfiguration.Load(parsed.GetValue(_file), typed);
        var limit = _configuration.ReadWait();
        using var signals = limit > TimeSpan.Zero ? new StopSignals() : null;
        var wait = new StartWait(limit, TimeProvider.System, reason => TellWaiting(parsed, limit, reason), signals?.Token ?? CancellationToken.None);
        var options = await wait.For(() => Task.FromResult(_configuration.Read()));
        await new SiloServer(options, _configuration.Settings, LaunchOf(parsed), wait, TimeProvider.System).Run();
        return SiloExitCode.Done;
    }

    private void TellWaiting(ParseResult parsed, TimeSpan limit, string reason)
    {
        using var services = Logging(FormatOf(parsed));
        var (log, seconds) = (services.GetRequiredService<ILogger<SiloCommand>>(), limit.TotalSeconds);
        LogWaiting(log, seconds, reason);
    }

    private Launch LaunchOf(ParseResult parsed) => parsed.GetValue(_child) ? Launch.Child : parsed.GetValue(_detached) ? Launch.Detached : Launch.Standalone;

    private static ConfigurationException ParseError(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..]) return new ConfigurationException(parsed.Errors[0].Message);
        var question = Suggestion.Question(Suggestion.Nearest(word, parsed.CommandResult.Command.Options.Select(option => option.Name)));
        return new ConfigurationException($"{word}: unknown option{(question.Length > 0 ? question : "; see moe-silo --help")}");
    }

    private int Report(ParseResult parsed, string line, int code)
    {
        var format = FormatOf(parsed);
        using var services = Logging(format);
        new SiloEnd(format, services.GetServices<ILoggerProvider>(), _ => { }).Now(line.ReplaceLineEndings(" "), code);
        return code;
    }

    // The setting may be wrong: then this is not the line that says so.
    private LogFormat FormatOf(ParseResult parsed)
    {
        var (setting, option) = _settings.First(setting => setting.Setting.Name == SiloSetting.LogFormat);
        var text = parsed.GetValue(option) ?? _configuration?.Settings[setting.Key] ?? Environment.GetEnvironmentVariable(setting.Variable);
        return Enum.TryParse<LogFormat>(text, ignoreCase: true, out var format) ? format : LogFormat.Text;
    }

    // The host has a log of its own, once there is one. Disposing of this one writes what waits in it.
    private static ServiceProvider Logging(LogFormat format) => new ServiceCollection().AddLogging(logging => logging.AddSiloConsole(format)).BuildServiceProvider();

    [LoggerMessage(EventId = 2207, Level = LogLevel.Information, Message = "The silo waits up to {Seconds} s to start: {Reason}")]
    private static partial void LogWaiting(ILogger log, double seconds, string reason);
}
