using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MoeOrleans.Repository.Tests;

/// <summary>Files and methods stay small enough to read at once.</summary>
public sealed class SizeTests
{
    private const int MostLines = 300;
    private const int MostMethodLines = 60;
    private const int MostParameters = 8;

    /// <summary>Kernels are exempt: their loops are unrolled on purpose.</summary>
    private static bool IsKernel(string path) => path.Contains("Kernel.", StringComparison.Ordinal) || path.EndsWith("/Transpose8.cs", StringComparison.Ordinal);

    private static readonly string[] s_folders = ["src", "tests", "bench", "samples"];

    public static TheoryData<string> Folders => [.. s_folders];

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_source_file_has_more_than_300_lines(string folder)
    {
        var tooLong = SourceTree.Files(folder, ".cs").Where(path => !IsKernel(path)).Select(path => (path, Lines: SourceTree.Read(path).Count(c => c == '\n'))).Where(file => file.Lines > MostLines);
        tooLong.Select(file => $"{file.path}: {file.Lines} lines").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_method_has_more_than_60_lines_or_8_parameters(string folder)
    {
        var found = new List<string>();
        foreach (var path in SourceTree.Files(folder, ".cs").Where(path => !IsKernel(path)))
        {
            var root = CSharpSyntaxTree.ParseText(SourceTree.Read(path), cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken);
            found.AddRange(root.DescendantNodes().Select(TooLarge).OfType<string>().Select(what => $"{path}: {what}"));
        }

        found.ShouldBeEmpty();
    }

    private static string? TooLarge(SyntaxNode node)
    {
        var (name, parameters) = node switch
        {
            MethodDeclarationSyntax method => (method.Identifier.Text, method.ParameterList.Parameters.Count),
            LocalFunctionStatementSyntax local => (local.Identifier.Text, local.ParameterList.Parameters.Count),
            ConstructorDeclarationSyntax constructor => (constructor.Identifier.Text, constructor.ParameterList.Parameters.Count),
            // A positional record is data: its parameters are its properties.
            ClassDeclarationSyntax { ParameterList: { } list } primary => (primary.Identifier.Text, list.Parameters.Count),
            StructDeclarationSyntax { ParameterList: { } list } primary => (primary.Identifier.Text, list.Parameters.Count),
            _ => ("", 0),
        };
        if (name.Length == 0) return null;
        if (parameters > MostParameters) return $"{name} has {parameters} parameters";
        if (node is TypeDeclarationSyntax) return null;
        // From the name on: a theory's data are above it.
        var start = node.ChildTokens().First(token => token.IsKind(SyntaxKind.IdentifierToken)).GetLocation().GetLineSpan().StartLinePosition.Line;
        var lines = node.GetLocation().GetLineSpan().EndLinePosition.Line - start + 1;
        return lines > MostMethodLines ? $"{name} has {lines} lines" : null;
    }
}
