using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace MoeOrleans.Tests;

/// <summary>
/// Gives a parser random bytes and mutated valid inputs. For each it may take one second and 100 MB, and must read the input or refuse it
/// in one line.
/// </summary>
internal static class Fuzzing
{
    /// <summary>Inputs for each parser; CONTRIBUTING.md has the command for a million.</summary>
    private const string Variable = "MOE_FUZZ_INPUTS";
    private const long DefaultInputs = 500;
    private const long MaxAllocated = 100_000_000;
    private const int MaxMutations = 6;

    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(1);

    // What parsers tend to stumble on.
    private static readonly byte[][] s_tokens =
    [
        [], [0], [0xff], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0], [0xdd, 0x7f, 0xff, 0xff, 0xff], [0xc0],
        .. new[] { "\"", "'", "[", "]", "{", "}", "(", ")", ",", ":", " ", "\\", "\\ud800", "null", "NaN", "-1", "0", "9", "1e999", "99999999999999999999", "true", "\n" }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private static readonly Gen<(int Kind, double At, int Length, int Token, byte Value)> s_mutation =
        Gen.Select(Gen.Int[0, 5], Gen.Double[0, 1], Gen.Int[1, 24], Gen.Int[0, s_tokens.Length - 1], Gen.Byte);

    private static long Inputs => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : DefaultInputs;

    /// <summary>Runs the parser on many inputs.</summary>
    /// <typeparam name="TRefusal">The exception by which the parser refuses an input.</typeparam>
    /// <param name="valid">Inputs that the parser reads.</param>
    /// <param name="read">The parser.</param>
    public static void Run<TRefusal>(byte[][] valid, Action<byte[]> read)
        where TRefusal : Exception
    {
        // The first call compiles the parser.
        foreach (var input in valid) read(input);
        var mutated = Gen.Select(Gen.Int[0, valid.Length - 1], s_mutation.Array[1, MaxMutations], (which, mutations) => mutations.Aggregate(valid[which], Mutate));
        var inputs = Gen.Frequency((9, mutated), (1, Gen.Byte.Array[0, 300]));
        inputs.Sample(input => Check<TRefusal>(input, read), iter: Inputs, threads: 1, print: input => Convert.ToBase64String(input));
    }

    /// <summary>Runs the parser on one input.</summary>
    /// <typeparam name="TRefusal">The exception by which the parser refuses an input.</typeparam>
    /// <param name="input">The input.</param>
    /// <param name="read">The parser.</param>
    public static void Check<TRefusal>(byte[] input, Action<byte[]> read)
        where TRefusal : Exception
    {
        // On a busy machine another process may have had the core. Only then is the thread's own time worth reading: that takes longer.
        if (Time<TRefusal>(input, read, Stopwatch.GetTimestamp, Stopwatch.Frequency) > s_maxTime)
            Time<TRefusal>(input, read, ThreadTime, 1_000_000_000).ShouldBeLessThan(s_maxTime);
    }

    // Nanoseconds on a core, which only Linux reports.
    private static long ThreadTime() =>
        OperatingSystem.IsLinux() ? long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    private static TimeSpan Time<TRefusal>(byte[] input, Action<byte[]> read, Func<long> clock, double frequency)
        where TRefusal : Exception
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = clock();
        try
        {
            read(input);
        }
        catch (TRefusal refusal)
        {
            refusal.Message.Any(char.IsControl).ShouldBeFalse(refusal.Message);
        }

        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(MaxAllocated, "bytes allocated");
        return TimeSpan.FromSeconds((clock() - start) / frequency);
    }

    private static byte[] Mutate(byte[] input, (int Kind, double At, int Length, int Token, byte Value) mutation)
    {
        var at = (int)(mutation.At * input.Length);
        var end = Math.Min(input.Length, at + mutation.Length);
        return mutation.Kind switch
        {
            0 when at < input.Length => [.. input[..at], mutation.Value, .. input[(at + 1)..]],
            1 when at < input.Length => [.. input[..at], (byte)(input[at] ^ (1 << (mutation.Value % 8))), .. input[(at + 1)..]],
            2 => [.. input[..at], .. input[end..]],
            3 => [.. input[..end], .. input[at..]],
            4 => [.. input[..at], .. s_tokens[mutation.Token], .. input[at..]],
            _ => [.. input[..at], .. s_tokens[mutation.Token], .. input[end..]],
        };
    }
}
