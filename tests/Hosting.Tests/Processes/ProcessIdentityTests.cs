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
