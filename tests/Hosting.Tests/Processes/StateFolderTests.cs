using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests.Processes;

public sealed class StateFolderTests
{
    [Theory]
    [InlineData("/state", "/home/me", "/state/moe-orleans")]
    [InlineData(null, "/home/me", "/home/me/.local/state/moe-orleans")]
    [InlineData("", "/home/me", "/home/me/.local/state/moe-orleans")]
    public void The_environment_names_it(string? state, string home, string expected)
    {
        SkipOnWindows();
        StateFolder.Resolve(state, home).Path.ShouldBe(expected);
    }

    [Theory]
    [InlineData("state", "/home/me", "XDG_STATE_HOME: must be an absolute path, got 'state'")]
    [InlineData(null, "home", "HOME: must be an absolute path, got 'home'")]
    [InlineData(null, "", "HOME: is not set; set it, or XDG_STATE_HOME, to a folder that may be written to")]
    [InlineData(null, "", "HOME: '/no/home' is no folder; set it, or XDG_STATE_HOME, to a folder that may be written to", "/no/home")]
    public void It_is_never_in_the_current_folder(string? state, string home, string expected, string? named = null) =>
        Should.Throw<ConfigurationException>(() => StateFolder.Resolve(state, home, named)).Message.ShouldBe(expected);

    [Fact]
    public void Only_its_owner_may_read_it_even_if_an_earlier_version_made_it()
    {
        SkipOnWindows();
        using var workspace = new Workspace();
        foreach (var folder in (string[])[workspace.At("new", "moe"), workspace.At("old")])
        {
            if (folder == workspace.At("old")) Directory.CreateDirectory(folder);
            StateFolder.Open(folder, "HOME");
#pragma warning disable CA1416 // Windows is skipped.
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_its_variable()
    {
        using var workspace = new Workspace();
        workspace.Write("home", "a file");
        var folder = workspace.At("home", "state");

        var message = Should.Throw<ConfigurationException>(() => StateFolder.Open(folder, "HOME")).Message;

        message.ShouldStartWith($"cannot create the state folder '{folder}': ");
        message.ShouldEndWith("; set XDG_STATE_HOME to a folder that may be written to (HOME decides it now)");
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has other paths and modes.");
    }
}
