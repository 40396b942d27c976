namespace MoeOrleans.Compute.Analysis;

/// <summary>Result of a swap test.</summary>
/// <param name="Quadruples">How many quadruples were tried.</param>
/// <param name="ByWrong">Of these, how many had 0, 1, 2, 3 and 4 samples wrong.</param>
public sealed record SwapTestResult(int Quadruples, int[] ByWrong)
{
    /// <summary>Share of the quadruples with none wrong, in percent; 0 for every single model.</summary>
    public double NoneWrong => 100.0 * ByWrong[0] / Quadruples;
}
