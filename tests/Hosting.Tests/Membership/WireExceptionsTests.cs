using Microsoft.Extensions.DependencyInjection;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting.Membership;
using Orleans.Serialization;

namespace MoeOrleans.Hosting.Tests.Membership;

public sealed class WireExceptionsTests
{
    [Fact]
    public void A_caller_in_another_process_gets_an_exception_of_any_type()
    {
        using var services = new ServiceCollection().AddSerializer().SendEveryException().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var sent = new OfAKindException("no weights", new SpecificationException("data.train: must be at least 1"));

        var received = serializer.Deserialize<Exception>(serializer.SerializeToArray<Exception>(sent));

        received.ShouldBeOfType<OfAKindException>().Message.ShouldBe("no weights");
        received.InnerException.ShouldBeOfType<SpecificationException>().Message.ShouldBe("data.train: must be at least 1");
    }

    private sealed class OfAKindException(string message, Exception inner) : Exception(message, inner);
}
