namespace MoeOrleans.Coordinator.Tests.Steps;

/// <summary>
/// The run without faults, computed in a loop. An expert's state is a hash chained over the samples it committed, the
/// router's Theta one over all answers, and who gets a sample depends on Theta: equal hashes stand for equal bits.
/// </summary>
internal sealed class ReferenceRun
{
    public const int SamplesPerBlock = 3;

    private readonly uint[,] _samples;
    private readonly ulong[,] _states;
    private readonly ulong[] _thetas;
    // The step of the smallest loss before each version.
    private readonly long[] _best;

    public ReferenceRun(ulong seed, int experts, int blocks, int steps)
    {
        (Experts, Blocks, Steps) = (experts, blocks, steps);
        _samples = new uint[steps, experts];
        _states = new ulong[steps + 1, experts];
        _thetas = new ulong[steps + 1];
        _best = new long[steps + 1];

        _thetas[0] = CounterRandom.Mix(seed, 1);
        for (var expert = 0; expert < experts; expert++)
            _states[0, expert] = CounterRandom.Mix(seed, 2, (ulong)expert);

        for (var step = 0; step < steps; step++)
        {
            var answers = 0UL;
            var favourite = (int)(CounterRandom.Mix(_thetas[step]) % (ulong)experts);
            for (var sample = 0; sample < blocks * SamplesPerBlock; sample++)
            {
                // A favourite, so that some experts get nothing from a shard or in a whole step.
                var draw = CounterRandom.Mix(_thetas[step], (ulong)sample);
                var expert = draw % 3 == 0 ? favourite : (int)((draw >> 8) % (ulong)experts);
                _samples[step, expert] |= 1u << sample;
                answers += Answer(sample, _states[step, expert]);
            }
            _best[step + 1] = step == 0 || Loss(step) <= Loss(_best[step]) ? step : _best[step];
            _thetas[step + 1] = NextTheta(_thetas[step], answers);
            for (var expert = 0; expert < experts; expert++)
                _states[step + 1, expert] = NextState(_states[step, expert], _samples[step, expert]);
        }
    }

    public int Experts { get; }

    public int Blocks { get; }

    public int Steps { get; }

    public uint Samples(long step, int expert) => _samples[step, expert];

    public ulong State(long version, int expert) => _states[version, expert];

    public ulong Theta(long version) => _thetas[version];

    /// <summary>Whether a step's loss is the smallest so far: then experts keep the weights that it was computed with.</summary>
    public bool IsBest(long step) => _best[step + 1] == step;

    /// <summary>The weights that an expert keeps at a version; 0 before the first commit.</summary>
    public ulong BestState(long version, int expert) => version == 0 ? 0 : _states[_best[version], expert];

    public static uint SamplesOf(int start, int count) =>
        (uint)((1UL << (count * SamplesPerBlock)) - 1) << (start * SamplesPerBlock);

    public static ulong NextState(ulong state, uint samples) => CounterRandom.Mix(state, samples);

    public static ulong NextTheta(ulong theta, ulong answers) => CounterRandom.Mix(theta, answers);

    /// <summary>What the router gets back for a set of samples: a sum, so that it does not depend on how shards are cut.</summary>
    public static ulong Answers(uint samples, ulong state)
    {
        var sum = 0UL;
        for (; samples != 0; samples &= samples - 1)
            sum += Answer(int.TrailingZeroCount((int)samples), state);
        return sum;
    }

    private ulong Loss(long step) => CounterRandom.Mix(_thetas[step], 4);

    private static ulong Answer(int sample, ulong state) => CounterRandom.Mix(state, (ulong)sample, 3);
}
