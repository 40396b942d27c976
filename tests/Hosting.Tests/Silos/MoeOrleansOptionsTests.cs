using MoeOrleans.Hosting.Silos;

namespace MoeOrleans.Hosting.Tests.Silos;

public sealed class MoeOrleansOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new MoeOrleansOptions().Validate();

    [Theory]
    [InlineData(0, null, 30, "Threads: must be 1 to 256, got 0")]
    [InlineData(257, null, 30, "Threads: must be 1 to 256, got 257")]
    [InlineData(1, "/nowhere", 30, "DataFolder: must be a folder that exists, got '/nowhere'")]
    [InlineData(1, null, -1, "DrainTimeout: must be 0 to 3600 s, got -1 s")]
    [InlineData(1, null, 3601, "DrainTimeout: must be 0 to 3600 s, got 3601 s")]
    public void A_value_that_is_not_allowed_is_refused_in_one_line(int threads, string? folder, int drainSeconds, string expected)
    {
        var options = new MoeOrleansOptions { Threads = threads, DataFolder = folder, DrainTimeout = TimeSpan.FromSeconds(drainSeconds) };

        Should.Throw<ConfigurationException>(options.Validate).Message.ShouldBe(expected);
    }
}
