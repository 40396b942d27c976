using System.Text;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Standard output whose failures have a clear message: full, closed, or not writable.</summary>
/// <param name="output">The stream's own writer.</param>
internal sealed class StandardOutput(TextWriter output) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => output.Encoding;

    /// <summary>Replaces the console's standard output.</summary>
    public static void Install() => Console.SetOut(new StandardOutput(Console.Out));

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write($"{value}{NewLine}".AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(failure);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        try
        {
            output.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failed(failure);
        }
    }

    // For a closed stream the system reports that access to a path without a name is denied.
    private static IOException Failed(Exception failure) =>
        new($"cannot write to standard output: {(failure is UnauthorizedAccessException ? "it is closed, or not for writing" : failure.Message.ReplaceLineEndings(" ").TrimEnd('.'))}", failure);
}
