using System.Diagnostics;
using MoeOrleans.Hosting.Processes;

namespace MoeOrleans.Hosting.Tests.Processes;

public sealed class ProcessIdentityTests
{
    [Fact]
    public async Task A_process_keeps_its_identity_and_has_none_after_its_end()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Needs sleep.");
        using var process = Process.Start("sleep", "60");
        var identity = ProcessIdentity.Of(process.Id);
        identity.ShouldNotBeNull();
        ProcessIdentity.Of(process.Id).ShouldBe(identity);
        ProcessIdentity.Of(Environment.ProcessId).ShouldNotBe(identity);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        ProcessIdentity.Of(process.Id).ShouldBeNull();
    }

    [Fact]
    public async Task A_process_that_has_ended_has_no_identity_while_it_waits_for_its_parent()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs /proc.");
        // The shell's child ends at once; the shell becomes a program that never asks for it.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            var child = int.Parse((await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);
            var deadline = Stopwatch.StartNew();
            while (!(await File.ReadAllTextAsync($"/proc/{child}/stat", TestContext.Current.CancellationToken)).Contains(") Z ", StringComparison.Ordinal))
            {
                deadline.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            ProcessIdentity.Of(child).ShouldBeNull();
        }
        finally
        {
            parent.Kill();
            await parent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    // .NET computes a process's start from the clock: when that is set, every start moves with it.
    [Fact]
    public void On_Linux_it_does_not_depend_on_the_clock()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Other systems record the start itself.");
        var parts = ProcessIdentity.Of(Environment.ProcessId)!.Split('/');
        parts[0].ShouldBe(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        var ticks = long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        ticks.ShouldBeInRange(1, (long)(Environment.TickCount64 / 1000.0 * 100) + 100);
    }
}
