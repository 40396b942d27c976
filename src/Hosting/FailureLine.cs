namespace MoeOrleans.Hosting;

/// <summary>A failure in one line for the user, with what helps if the machine has run out of something.</summary>
internal static class FailureLine
{
    // As the C library says it, whichever exception carries it. To ask for the types would load assemblies, which needs descriptors.
    private const string OutOfDescriptors = "Too many open files";
    // The runtime's text, which also comes from other silos.
    private const string OutOfMemory = "Exception of type 'System.OutOfMemoryException' was thrown.";

    private const int MostLevels = 20;

    /// <summary>The line.</summary>
    /// <param name="failure">The failure, which may wrap its cause.</param>
    public static string Of(Exception failure)
    {
        var line = WithoutStack(failure.Message).ReplaceLineEndings(" ");
        var causes = Causes(failure).ToArray();
        if (line.Contains(OutOfMemory, StringComparison.Ordinal) || causes.Any(cause => cause is OutOfMemoryException))
            return $"out of memory: {line.Replace(OutOfMemory, "no memory left", StringComparison.Ordinal)}; fewer samples, experts or hidden units need less, and more machines have more";
        if (causes.Any(cause => cause.Message.Contains(OutOfDescriptors, StringComparison.Ordinal)))
            return $"too few file descriptors: raise their limit, such as with 'ulimit -n 4096', or start fewer silos ({line})";
        return line;
    }

    /// <summary>A message without the stack that Orleans writes into some.</summary>
    private static string WithoutStack(string message)
    {
        var stack = message.IndexOf("   at ", StringComparison.Ordinal);
        return stack > 0 ? message[..stack].TrimEnd() : message;
    }

    private static IEnumerable<Exception> Causes(Exception failure, int level = 0) => level == MostLevels ? [] :
    [
        failure,
        .. failure is AggregateException several ? several.InnerExceptions.SelectMany(inner => Causes(inner, level + 1))
            : failure.InnerException is { } cause ? Causes(cause, level + 1) : [],
    ];
}
