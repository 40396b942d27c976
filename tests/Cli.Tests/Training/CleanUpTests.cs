using MoeOrleans.Cli.Training;

namespace MoeOrleans.Cli.Tests.Training;

public sealed class CleanUpTests
{
    [Fact]
    public async Task A_failure_keeps_neither_the_others_from_being_disposed_of_nor_hides_an_earlier_one()
    {
        var disposed = new List<string>();
        var failure = await Should.ThrowAsync<InvalidOperationException>(async () =>
        {
            await using var cleanUp = new CleanUp();
            cleanUp.Add(new Resource(() => disposed.Add("cluster")));
            cleanUp.Add(new Resource(() => throw new IOException("Redis is gone")));
            cleanUp.Add(new Resource(() => disposed.Add("client")));
            throw new InvalidOperationException("the run failed");
        });

        failure.Message.ShouldBe("the run failed");
        disposed.ShouldBe(["client", "cluster"]);
    }

    private sealed class Resource(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}
