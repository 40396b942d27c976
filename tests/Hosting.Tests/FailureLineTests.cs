using System.ComponentModel;

namespace MoeOrleans.Hosting.Tests;

public sealed class FailureLineTests
{
    [Theory]
    [InlineData("Max open files            1024                 1048576              files     ", true)]
    [InlineData("Max open files            unlimited            unlimited            files     ", true)]
    [InlineData("Max processes             10                   10                   processes ", true)]
    [InlineData("Max open files            60                   60                   files     ", false)]
    public void A_limit_that_is_too_low_for_the_runtime_is_told_at_once(string limits, bool valid)
    {
        if (valid) DescriptorLimit.Check([limits]);
        else Should.Throw<ConfigurationException>(() => DescriptorLimit.Check([limits])).Message.ShouldBe("file descriptors: must be at least 256, got 60; raise the limit with 'ulimit -n 1024'");
    }

    [Fact]
    public void What_the_machine_has_run_out_of_is_said_in_words()
    {
        Line(new InvalidOperationException("expert 3 at step 5", new InsufficientMemoryException())).ShouldStartWith("out of memory: ");
        Line(new TypeInitializationException("X", new AggregateException(new IOException("a"), new InsufficientMemoryException()))).ShouldStartWith("out of memory: ");
        Line(new InvalidOperationException("expert 48 on silo silo-1: Exception of type 'System.OutOfMemoryException' was thrown."))
            .ShouldBe("out of memory: expert 48 on silo silo-1: no memory left; fewer samples, experts or hidden units need less, and more machines have more");
        Line(new IOException("Too many open files : '/proc/stat'")).ShouldStartWith("too few file descriptors: ");
        Line(new InvalidOperationException("start", new IOException("Too many open files in system"))).ShouldStartWith("too few file descriptors: ");
        if (OperatingSystem.IsLinux()) Line(new Win32Exception(24)).ShouldStartWith("too few file descriptors: ");
        Line(new IOException("a\nb")).ShouldBe("a b");
        // Orleans writes stacks into messages.
        Line(new InvalidOperationException("cannot send: X timed out   at A.B() in /c:line 1\n   at D.E()")).ShouldBe("cannot send: X timed out");

        static string Line(Exception failure) => FailureLine.Of(failure);
    }
}
