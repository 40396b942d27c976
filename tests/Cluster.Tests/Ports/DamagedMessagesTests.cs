using Microsoft.Extensions.Logging.Abstractions;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Cluster.Tests.Ports;

/// <summary>An exception that no code catches ends the process, unless a message that arrived was its cause.</summary>
public sealed class DamagedMessagesTests
{
    private readonly DamagedMessages _messages = new(NullLogger<DamagedMessages>.Instance);

    [Fact]
    public void A_message_that_Orleans_cannot_handle_is_dropped() => _messages.Drop(new StackException(
        """
           at Orleans.Runtime.Messaging.MessageCenter.ReceiveMessage(Message msg) in /_/src/Orleans.Runtime/Messaging/MessageCenter.cs:line 568
           at Orleans.Runtime.Messaging.Connection.MessageHandler.Execute() in /_/src/Orleans.Core/Networking/Connection.cs:line 586
           at System.Threading.ThreadPoolWorkQueue.Dispatch()
        """)).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("   at MoeOrleans.Grains.Lane.ComputeLane.Work()")]
    [InlineData("   at Orleans.Runtime.Messaging.ConnectionManager.Connect()")]
    public void Any_other_exception_ends_the_process(string? stack) => _messages.Drop(new StackException(stack)).ShouldBeFalse();

    private sealed class StackException(string? stack) : Exception
    {
        public override string? StackTrace => stack;
    }
}
