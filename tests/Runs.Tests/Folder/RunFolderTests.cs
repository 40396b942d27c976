using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Runs.Tests.Folder;

public sealed class RunFolderTests
{
    [Theory]
    [InlineData("absent")]
    [InlineData("absent/below")]
    [InlineData("empty")]
    [InlineData("empty/")]
    public void A_folder_that_is_absent_or_empty_is_taken_and_left_as_it_is(string path)
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("empty"));

        RunFolder.Open(workspace.At(path), overwrite: false).Path.ShouldBe(workspace.At(path.TrimEnd('/')));

        workspace.Entries.ShouldBe(["empty"]);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_refused_even_to_overwrite()
    {
        using var workspace = new Workspace();
        Directory.CreateDirectory(workspace.At("out", "summary.json"));

        Should.Throw<RunFolderException>(() => RunFolder.Open(workspace.At("out"), overwrite: true)).Message.ShouldContain("'summary.json'");
    }

    [Fact]
    public void A_link_to_nothing_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows lets only some users make links.");
        using var workspace = new Workspace();
        File.CreateSymbolicLink(workspace.At("link"), workspace.At("nothing"));

        Should.Throw<RunFolderException>(() => RunFolder.Open(workspace.At("link"), overwrite: false)).Message.ShouldContain("is a link to");
    }

    [Theory]
    [InlineData(245, true)]
    [InlineData(300, false)]
    public void A_name_is_taken_if_the_file_system_takes_it(int length, bool taken)
    {
        using var workspace = new Workspace();
        var path = workspace.At(new string('a', length));

        if (taken) RunFolder.Open(path, overwrite: false).Path.ShouldBe(path);
        else Should.Throw<RunFolderException>(() => RunFolder.Open(path, overwrite: false)).Message.ShouldContain("too long");

        workspace.Entries.ShouldBeEmpty();
    }
}
