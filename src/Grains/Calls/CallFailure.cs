namespace MoeOrleans.Grains.Calls;

/// <summary>Why a call to a grain failed.</summary>
internal static class CallFailure
{
    /// <summary>Whether the outcome of the call is unknown: its silo is lost or did not answer in time.</summary>
    /// <param name="failure">The exception of the call.</param>
    public static bool IsUnreachable(Exception failure) => failure is TimeoutException or SiloUnavailableException or OrleansMessageRejectionException;

    /// <summary>Whether that is the reason of a failure, for whichever call it was that the failed one waited for.</summary>
    /// <param name="failure">The exception of the call.</param>
    public static bool IsCausedByUnreachable(Exception? failure) => failure is not null && (IsUnreachable(failure) || IsCausedByUnreachable(failure.InnerException));

    /// <summary>Whether the call, or one that it waited for, was not answered in time. The work may still go on.</summary>
    /// <param name="failure">The exception of the call.</param>
    public static bool IsTimeout(Exception? failure) => failure is not null && (failure is TimeoutException || IsTimeout(failure.InnerException));

    /// <summary>The reason in a few words on one line.</summary>
    /// <param name="failure">The exception of the call.</param>
    public static string Reason(Exception failure) => failure switch
    {
        // Orleans' own texts describe the message, not the reason.
        TimeoutException => "it did not answer in time",
        SiloUnavailableException or OrleansMessageRejectionException => "it cannot be reached",
        _ => failure.Message.ReplaceLineEndings(" "),
    };
}
