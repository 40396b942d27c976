using System.Text.RegularExpressions;

namespace MoeOrleans.Repository.Tests;

/// <summary>The documents: every link leads somewhere, and one page stays one page.</summary>
public sealed partial class DocumentTests
{
    private const int MostWords = 900;

    public static TheoryData<string> Documents =>
        [.. SourceTree.Files("", ".md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_to_a_file_and_a_heading(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        var broken = new List<string>();
        foreach (Match link in Link().Matches(SourceTree.Read(document)))
        {
            var target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            var (path, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, "");
            var file = path.Length == 0 ? document : Path.GetRelativePath(SourceTree.Root, Path.GetFullPath(Path.Combine(SourceTree.Root, folder, path)));
            var full = Path.Combine(SourceTree.Root, file);
            if (!File.Exists(full) && !Directory.Exists(full)) broken.Add($"{target}: no such file");
            else if (anchor.Length > 0 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(SourceTree.Read(file)).Contains(anchor)) broken.Add($"{target}: no such heading");
        }

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_architecture_is_one_page() => Words(SourceTree.Read("docs/architecture.md")).ShouldBeLessThanOrEqualTo(MostWords);

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Anchors of headings, as GitHub makes them.</summary>
    private static HashSet<string> Anchors(string text) =>
        [.. Heading().Matches(text).Select(heading => NotInAnchor().Replace(heading.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} +(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
