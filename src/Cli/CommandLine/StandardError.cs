using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MoeOrleans.Cli.CommandLine;

/// <summary>Standard error as a pipe. The runtime's own writer does not tell that the pipe's reader has ended, as in 'moe watch RUN 2>&amp;1 | head'.</summary>
internal static class StandardError
{
    private const int Descriptor = 2;
    private const int BrokenPipe = 32;

    /// <summary>Replaces the console's standard error if it is a pipe.</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows() || !Console.IsErrorRedirected) return;
        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A file may be shared with standard output, so its position must stay the system's.
            if (!stream.CanSeek) Console.SetError(TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true }));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It is closed.
        }
    }

    /// <summary>Whether a write failed because the reader has closed the pipe.</summary>
    /// <param name="failure">The failure.</param>
    public static bool IsClosedByReader(Exception failure) => failure is IOException { HResult: BrokenPipe };
}
