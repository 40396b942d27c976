using MoeOrleans.Compute.Numerics;

namespace MoeOrleans.Compute.Randomness;

/// <summary>
/// The draws of one item (a sample, a tensor, an epoch) in order: counter (draw / 4, item, step, stream) under the seed as key.
/// </summary>
/// <param name="seed">Seed of the run or of the data.</param>
/// <param name="stream">Purpose of the draws.</param>
/// <param name="item">The sample, expert or epoch.</param>
/// <param name="step">The step, or any second index.</param>
internal struct RandomSequence(long seed, DrawPurpose stream, long item, uint step = 0)
{
    private PhiloxBlock _block;
    private uint _drawn;
    private double _spareNormal;
    private bool _hasSpareNormal;

    /// <summary>The counter of an item's block of four draws. Items beyond 32 bits take the stream word's upper 24 bits.</summary>
    /// <param name="stream">Purpose of the draws.</param>
    /// <param name="item">The sample, expert or epoch, less than 2^56.</param>
    /// <param name="step">The step, or any second index.</param>
    /// <param name="block">Index of the block of four draws.</param>
    public static PhiloxBlock Counter(DrawPurpose stream, long item, uint step, uint block) =>
        new(block, (uint)item, step, (uint)stream | ((uint)(item >> 32) << 8));

    /// <summary>The next 32 random bits.</summary>
    public uint NextBits()
    {
        var lane = _drawn & 3;
        if (lane == 0)
            _block = Philox4x32.Block(Counter(stream, item, step, _drawn >> 2), (ulong)seed);
        _drawn++;
        return lane switch { 0 => _block.X0, 1 => _block.X1, 2 => _block.X2, _ => _block.X3 };
    }

    /// <summary>The next draw of U(0, 1); never 0 or 1.</summary>
    public double NextUnit() => (NextBits() + 0.5) * (1.0 / 4294967296.0);

    /// <summary>The next draw of U(<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Largest value.</param>
    public double NextUniform(double low, double high) => double.FusedMultiplyAdd(high - low, NextUnit(), low);

    /// <summary>The next integer from 0 to <paramref name="count"/> - 1.</summary>
    /// <param name="count">Number of values, at least 1.</param>
    public int NextIndex(int count) => (int)(((ulong)NextBits() * (uint)count) >> 32);

    /// <summary>The next draw of N(0, 1) (Box and Muller; two of them from two words).</summary>
    public double NextNormal()
    {
        if (_hasSpareNormal)
        {
            _hasSpareNormal = false;
            return _spareNormal;
        }

        var radius = Math.Sqrt(-2 * SpecialFunctions.Log(NextUnit()));
        var angle = 2 * Math.PI * NextUnit();
        _spareNormal = radius * SpecialFunctions.Sin(angle);
        _hasSpareNormal = true;
        return radius * SpecialFunctions.Cos(angle);
    }
}
