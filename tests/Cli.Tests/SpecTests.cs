namespace MoeOrleans.Cli.Tests;

public sealed class SpecTests
{
    [Fact]
    public async Task A_printed_specification_reads_back_as_the_same()
    {
        using var workspace = new Workspace();
        var printed = await MoeCommand.Run(workspace, "spec", "--setting", "3", "--experts", "5", "--set", "training.expert.rate=0.0123");
        workspace.Write("spec.json", printed.Output);

        var again = await MoeCommand.Run(workspace, "spec", "--spec", "spec.json");

        again.Output.ShouldBe(printed.Output);
        again.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Options_stand_above_the_file_and_set_above_the_options()
    {
        using var workspace = new Workspace();
        workspace.Write("spec.json", """{ "model": { "experts": 3, "filters": 4 }, "training": { "steps": 7 } }""");

        var result = await MoeCommand.Run(workspace, "spec", "--set", "training.steps=9", "--steps", "8", "--experts", "5", "--spec", "spec.json");

        result.Json.GetProperty("model").GetProperty("filters").GetInt32().ShouldBe(4);
        result.Json.GetProperty("model").GetProperty("experts").GetInt32().ShouldBe(5);
        result.Json.GetProperty("training").GetProperty("steps").GetInt32().ShouldBe(9);
    }

    [Fact]
    public async Task The_description_is_plain_when_piped_and_keeps_every_field_on_a_line()
    {
        using var workspace = new Workspace();

        var result = await MoeProcess.Run(workspace, "spec", "--describe");

        result.Output.All(char.IsAscii).ShouldBeTrue();
        result.Output.ShouldNotContain('\e');
        var line = result.Output.Split('\n').Single(line => line.StartsWith("training.expert.rate ", StringComparison.Ordinal));
        line.ShouldContain("number");
        line.ShouldContain("0.001");
        line.ShouldContain("0 to 1e30");
        line.TrimEnd().ShouldEndWith("Learning rate");
    }

    [Fact]
    public async Task The_sources_name_the_file_the_option_the_preset_or_the_default_of_each_value()
    {
        using var workspace = new Workspace();
        workspace.Write("spec.json", """{ "model": { "experts": 3 }, "training": { "steps": 7 } }""");
        var result = await MoeCommand.Run(
            workspace, "spec", "--sources", "--spec", "spec.json", "--steps", "8", "--set", "training.router.rate=0.5", "--recipe", "paper", "--minibatch", "100");

        result.Errors.ShouldBeEmpty();
        var sources = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[0], cells => $"{cells[1]} from {cells[2]}");
        sources["recipe"].ShouldBe("paper from --recipe");
        sources["model.experts"].ShouldBe("3 from --spec spec.json: model.experts");
        sources["training.steps"].ShouldBe("8 from --steps");
        sources["training.router.rate"].ShouldBe("0.5 from --set training.router.rate");
        sources["model.loss"].ShouldBe("logistic from preset of recipe paper");
        sources["data.alpha"].ShouldBe("[0.5, 2] from default");
        sources["training.block"].ShouldBe("256 from default");
        // A preset's value, and the rule that minibatches need.
        sources["training.stop.enabled"].ShouldBe("false from preset of recipe paper");
    }

    [Theory]
    [InlineData("", "Commands:")]
    [InlineData("--help", "Examples:")]
    [InlineData("train --help", "--experts M")]
    [InlineData("spec --help", "Exit codes:")]
    [InlineData("--version", ".")]
    public async Task Help_and_version_go_to_standard_output(string arguments, string expected)
    {
        using var workspace = new Workspace();

        var result = await MoeCommand.Run(workspace, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain(expected);
        result.Errors.ShouldBeEmpty();
    }
}
