namespace MoeOrleans.Hosting.Tls;

/// <summary>
/// Decides which refused connections have a line in the log. A program that tries again and again, or tries all ports, must not fill a disk.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RefusalLimit(TimeProvider time)
{
    /// <summary>Lines of one interval.</summary>
    public const int Lines = 20;

    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _logged = [];
    private long _begun = time.GetTimestamp();
    private int _left;

    /// <summary>Whether a line is logged: each only once a minute.</summary>
    /// <param name="line">The line.</param>
    /// <param name="left">How many lines of an earlier minute were left out; counted once.</param>
    public bool Admit(string line, out int left)
    {
        lock (_lock)
        {
            left = 0;
            if (time.GetElapsedTime(_begun) >= s_interval)
            {
                (left, _left) = (_left, 0);
                _begun = time.GetTimestamp();
                _logged.Clear();
            }

            if (_logged.Count < Lines && _logged.Add(line)) return true;
            _left++;
            return false;
        }
    }
}
