using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MoeOrleans.Repository.Tests;

/// <summary>Every event of the log has an id of its own, and docs/operations.md lists all of them.</summary>
public sealed partial class EventIdTests
{
    private static readonly LogEvent[] s_events = [.. SourceTree.Files("src", ".cs").SelectMany(EventsOf)];

    [Fact]
    public void Every_event_has_an_id_of_its_own()
    {
        s_events.Length.ShouldBeGreaterThan(20);
        s_events.Where(entry => entry.Id == 0).Select(entry => entry.Method).ShouldBeEmpty();
        s_events.Select(entry => entry.Id).ShouldBeUnique();
    }

    [Fact]
    public void The_documents_list_every_event_with_its_level_and_fields() =>
        Row().Matches(SourceTree.Read("docs/operations.md")).Select(row => $"{row.Groups["id"].Value} {row.Groups["level"].Value}: {row.Groups["fields"].Value.Replace("`", "", StringComparison.Ordinal)}")
            .ShouldBe(s_events.OrderBy(entry => entry.Id).Select(entry => $"{entry.Id} {entry.Level}: {entry.Fields}"));

    [Fact]
    public void No_entry_of_the_log_is_written_without_an_id() =>
        SourceTree.Files("src", ".cs").Where(path => Unnamed().IsMatch(SourceTree.Read(path))).ShouldBeEmpty();

    private static IEnumerable<LogEvent> EventsOf(string path)
    {
        var root = CSharpSyntaxTree.ParseText(SourceTree.Read(path)).GetRoot();
        foreach (var attribute in root.DescendantNodes().OfType<AttributeSyntax>().Where(attribute => attribute.Name.ToString() == "LoggerMessage"))
        {
            var method = attribute.FirstAncestorOrSelf<MethodDeclarationSyntax>()!.Identifier.Text;
            var arguments = attribute.ArgumentList!.Arguments.ToDictionary(argument => argument.NameEquals!.Name.Identifier.Text, argument => argument.Expression);
            var fields = Field().Matches(((LiteralExpressionSyntax)arguments["Message"]).Token.ValueText).Select(field => field.Groups["name"].Value);
            yield return new LogEvent(Id(arguments.GetValueOrDefault("EventId")), ((MemberAccessExpressionSyntax)arguments["Level"]).Name.Identifier.Text, string.Join(", ", fields), $"{path}: {method}");
        }

        int Id(ExpressionSyntax? expression) => expression switch
        {
            LiteralExpressionSyntax literal => (int)literal.Token.Value!,
            IdentifierNameSyntax constant => Id(root.DescendantNodes().OfType<VariableDeclaratorSyntax>().Single(field => field.Identifier.Text == constant.Identifier.Text).Initializer!.Value),
            _ => 0,
        };
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:[^}]*)?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\| (?<id>2\d{3}) \| [^|]+ \| (?<level>\w+) \| ?(?<fields>[^|]*?) ?\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(|LoggerMessage\.Define")]
    private static partial Regex Unnamed();

    private sealed record LogEvent(int Id, string Level, string Fields, string Method);
}
