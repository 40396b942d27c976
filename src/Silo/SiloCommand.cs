using System.CommandLine;
using System.CommandLine.Invocation;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;
using MoeOrleans.Silo.Configuration;

namespace MoeOrleans.Silo;

/// <summary>The moe-silo command: reads the settings, runs the silo, and turns whatever goes wrong into one line and an exit code.</summary>
internal sealed class SiloCommand : RootCommand
{
    private const int Done = 0;
    private const int Failure = 1;
    private const int BadInput = 2;

    private readonly Option<string> _file = new("--config") { HelpName = "FILE", Description = "A settings file more, JSON like appsettings.json beside the program; it goes above that one" };
    private readonly Option<bool> _child = new("--child") { Description = "End when standard input ends, say 'ready' on standard output, and log to standard error: for programs that start silos of their own" };
    private readonly Option<bool> _detached = new("--detached") { Description = "Outlive the terminal: for programs that leave silos behind" };
    private readonly (SiloSetting Setting, Option<string> Option)[] _settings =
        [.. SiloSetting.All.Select(setting => (setting, new Option<string>(setting.Option) { HelpName = setting.Value, Description = $"{setting.Meaning}; {setting.Variable}" }))];

    private SiloCommand()
        : base("A silo of a MoeOrleans cluster. Settings come from appsettings.json beside the program, --config, the environment (the names in capitals below) and these options; the later ones win.")
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
        var parsed = new SiloCommand().Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Action is ParseErrorAction) throw Wrong(parsed);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (ConfigurationException failure)
        {
            return Report(failure.Message, BadInput);
        }
#pragma warning disable CA1031 // The last resort: whatever it is, the user gets one line.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Report(failure.GetBaseException().Message, Failure);
        }
    }

    private async Task<int> Start(ParseResult parsed)
    {
        var typed = _settings.Where(setting => parsed.GetResult(setting.Option) is not null)
            .ToDictionary(setting => setting.Setting.Key, setting => parsed.GetValue(setting.Option));
        var configuration = SiloConfiguration.Load(parsed.GetValue(_file), typed);
        var launch = parsed.GetValue(_child) ? Launch.Child : parsed.GetValue(_detached) ? Launch.Detached : Launch.Standalone;
        await new SiloServer(configuration.Read(), configuration.Settings, launch).Run();
        return Done;
    }

    private static ConfigurationException Wrong(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..]) return new ConfigurationException(parsed.Errors[0].Message);
        var question = Suggestion.Question(Suggestion.Nearest(word, parsed.CommandResult.Command.Options.Select(option => option.Name)));
        return new ConfigurationException($"{word}: unknown option{(question.Length > 0 ? question : "; see moe-silo --help")}");
    }

    private static int Report(string line, int code)
    {
        Console.Error.WriteLine($"moe-silo: {line.ReplaceLineEndings(" ")}");
        return code;
    }
}
