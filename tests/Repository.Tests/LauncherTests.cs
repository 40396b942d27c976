using System.Diagnostics;

namespace MoeOrleans.Repository.Tests;

/// <summary>The script <c>moe</c> builds and starts the command, whatever the environment holds.</summary>
public sealed class LauncherTests
{
    private static readonly string[] s_project = ["msbuild", "src/Cli/Cli.csproj"];
    private static readonly string[] s_properties = ["-getProperty:Platform", "-getProperty:OutDir", "-getProperty:IntermediateOutputPath", "-getProperty:TargetFramework", "-getProperty:RuntimeIdentifier"];

    [Fact]
    public async Task Variables_of_the_environment_do_not_change_the_build()
    {
        var expected = await Run("dotnet", [.. s_project, .. s_properties]);

        var actual = await Run("dotnet", [.. s_project, .. s_properties], new()
        {
            ["PLATFORM"] = "x64",
            ["OUTDIR"] = "elsewhere/",
            ["OUTPUTPATH"] = "elsewhere/",
            ["BASEINTERMEDIATEOUTPUTPATH"] = "elsewhere/",
            ["TARGETFRAMEWORK"] = "net48",
            ["RUNTIMEIDENTIFIER"] = "win-x64",
        });

        expected.Output.ShouldContain("Debug/net10.0/");
        actual.ShouldBe(expected);
    }

    [Fact]
    public async Task A_folder_that_dotnet_cannot_build_in_is_named_in_one_line()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The launcher is a shell script.");
        var folder = Directory.CreateTempSubdirectory("moe%41-");
        try
        {
            var launcher = Path.Combine(folder.FullName, "moe");
            File.Copy(Path.Combine(SourceTree.Root, "moe"), launcher);

            var result = await Run(launcher, ["--version"]);

            result.ExitCode.ShouldBe(2);
            result.Output.ShouldBe("");
            result.Error.ShouldBe($"moe: .NET cannot build in '{folder.FullName}': it reads a '%' with two hexadecimal digits as one character; rename the folder\n");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("HOME", "", "moe: .NET needs a folder to build: set the variable HOME, or DOTNET_CLI_HOME\n")]
    [InlineData("TMPDIR", "/nonexistent", "moe: cannot write to the folder for temporary files, '/nonexistent'; set the variable TMPDIR to another\n")]
    public async Task A_variable_that_names_no_folder_is_told_in_one_line(string variable, string value, string line)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The launcher is a shell script.");
        var folder = Directory.CreateTempSubdirectory("moe-launcher-");
        try
        {
            foreach (var part in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", "moe"]) File.Copy(Path.Combine(SourceTree.Root, part), Path.Combine(folder.FullName, part));
            folder.CreateSubdirectory("src");

            var result = await Run(Path.Combine(folder.FullName, "moe"), ["--version"], new() { [variable] = value, ["DOTNET_CLI_HOME"] = "" });

            (result.ExitCode, result.Output, result.Error).ShouldBe((2, "", line));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("moe")]
    [InlineData(".ci/run")]
    [InlineData("tests/fixtures/wire-schema.txt")]
    public async Task Lines_end_the_same_after_a_checkout_with_autocrlf(string file)
    {
        Assert.SkipUnless(Path.Exists(Path.Combine(SourceTree.Root, ".git")), "No checkout.");

        var result = await Run("git", ["-c", "core.autocrlf=true", "check-attr", "eol", "--", file]);

        result.Output.ShouldBe($"{file}: eol: lf\n");
    }

    private static async Task<(int ExitCode, string Output, string Error)> Run(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = SourceTree.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
