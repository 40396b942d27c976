namespace MoeOrleans.Grains.Calls;

/// <summary>Why a call to a grain failed.</summary>
internal static class CallFailure
{
    /// <summary>Whether nobody knows what became of the call: its silo is gone or did not answer.</summary>
    /// <param name="failure">What the call ended with.</param>
    public static bool IsUnreachable(Exception failure) => failure is TimeoutException or SiloUnavailableException or OrleansMessageRejectionException;

    /// <summary>Why, in a few words on one line.</summary>
    /// <param name="failure">What the call ended with.</param>
    public static string Reason(Exception failure) => failure switch
    {
        // Their own messages describe the message that was sent.
        TimeoutException => "it did not answer in time",
        SiloUnavailableException or OrleansMessageRejectionException => "it cannot be reached",
        _ => failure.Message.ReplaceLineEndings(" "),
    };
}
