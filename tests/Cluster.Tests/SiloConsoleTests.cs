using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Cluster.Tests;

/// <summary>An entry of a silo's log is one line, whatever is in it.</summary>
public sealed class SiloConsoleTests
{
    private const string Message = "two\r\nlines, \"quoted\", \u2028 and a\ttab";

    [Fact]
    public void A_json_entry_is_one_line_with_its_id_fields_and_exception()
    {
        var text = Write(LogFormat.Json);

        text.ShouldEndWith("\n");
        text.TrimEnd('\n').ShouldNotContain('\n');
        text.ShouldNotContain('\r');
        using var entry = JsonDocument.Parse(text);
        var root = entry.RootElement;
        (root.GetProperty("EventId").GetInt32(), root.GetProperty("LogLevel").GetString(), root.GetProperty("Message").GetString()).ShouldBe((2999, "Error", Message));
        root.GetProperty("Exception").GetString().ShouldNotBeNull().ShouldContain("first");
        root.GetProperty("State").GetProperty("Reason").GetString().ShouldBe(Message);
        root.GetProperty("Timestamp").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_text_entry_is_one_line() => Write(LogFormat.Text).TrimEnd('\n').ShouldNotContain('\n');

    private static string Write(LogFormat format)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.AddSiloConsole(format)).BuildServiceProvider();
        var chosen = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        var formatter = services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == chosen);
        using var text = new StringWriter();
        KeyValuePair<string, object?>[] state = [new("Reason", Message)];
        formatter.Write(
            new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Error, "MoeOrleans.Tests", new EventId(2999), state, Thrown(), (_, _) => Message), null, text);
        return text.ToString();
    }

    /// <summary>An exception with a stack trace and an inner exception.</summary>
    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("first\nsecond", new IOException("inner\nline"));
        }
        catch (InvalidOperationException failure)
        {
            return failure;
        }
    }
}
