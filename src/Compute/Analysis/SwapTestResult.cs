namespace MoeOrleans.Compute.Analysis;

/// <summary>Result of a swap test.</summary>
/// <param name="Quadruples">Number of quadruples.</param>
/// <param name="ByWrong">Number of quadruples with 0, 1, 2, 3 and 4 wrong samples.</param>
internal sealed record SwapTestResult(int Quadruples, int[] ByWrong)
{
    /// <summary>Share of the quadruples with none wrong, in percent; 0 for every single model.</summary>
    public double NoneWrong => 100.0 * ByWrong[0] / Quadruples;
}
