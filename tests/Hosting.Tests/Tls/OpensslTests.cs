using System.Diagnostics;
using MoeOrleans.Hosting.Tls;

namespace MoeOrleans.Hosting.Tests.Tls;

/// <summary>The commands of docs/operations.md make certificates that silos and clients accept.</summary>
public sealed class OpensslTests
{
    [Fact]
    public async Task Certificates_made_by_hand_are_accepted()
    {
        using var workspace = new Workspace();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder(), "docs", "operations.md"), TestContext.Current.CancellationToken);
        var begin = text.IndexOf("openssl req -x509", StringComparison.Ordinal);
        var commands = text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
        Process? shell = null;
        try
        {
            shell = Process.Start(new ProcessStartInfo("bash", ["-e", "-c", commands]) { WorkingDirectory = workspace.Path, RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("No bash on PATH.");
        }

        using (shell)
        {
            var errors = await shell!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(shell.ExitCode == 127, "No openssl on PATH.");
            shell.ExitCode.ShouldBe(0, errors);
        }

        foreach (var (folder, role) in (IEnumerable<(string, TlsRole)>)[("moe-silo", TlsRole.Silo), ("moe-client", TlsRole.Client)])
            TlsFolder.Open(workspace.At(folder), role, TimeProvider.System, "--tls-folder").Read().Certificate.NotAfter.ShouldBeGreaterThan(DateTime.Now.AddDays(89));
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MoeOrleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
