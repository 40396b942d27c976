using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Training;

/// <summary>
/// The samples of each step. A full batch has them in the data's order. Minibatches follow a permutation that each epoch draws (Fisher and
/// Yates, from the epoch's counter); the epoch's last minibatch is shorter if sizes do not divide.
/// </summary>
/// <param name="spec">Minibatch size and seed.</param>
/// <param name="samples">Training samples.</param>
internal sealed class MinibatchOrder(TrainingSpec spec, int samples)
{
    private readonly int _size = spec.Minibatch == 0 ? samples : Math.Min(spec.Minibatch, samples);
    private int[]? _permutation;
    private long _epoch = -1;

    /// <summary>Steps of an epoch; 1 with full batches.</summary>
    public long StepsPerEpoch => (samples + _size - 1) / _size;

    /// <summary>Number of samples of a step's minibatch.</summary>
    public int Size(long step) => (int)Math.Min(_size, samples - (step % StepsPerEpoch * _size));

    /// <summary>Writes the samples at a range of a step's positions.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">First position.</param>
    /// <param name="indexes">Receives a sample index for each position.</param>
    public void Fill(long step, int first, Span<int> indexes)
    {
        if (_size == samples)
        {
            for (var i = 0; i < indexes.Length; i++) indexes[i] = first + i;
            return;
        }

        Permute(step / StepsPerEpoch);
        _permutation.AsSpan((int)(step % StepsPerEpoch * _size) + first, indexes.Length).CopyTo(indexes);
    }

    private void Permute(long epoch)
    {
        if (_epoch == epoch) return;
        _permutation ??= new int[samples];
        var draws = new RandomSequence(spec.Seed, DrawPurpose.MinibatchOrder, epoch);
        for (var i = 0; i < samples; i++)
        {
            var j = draws.NextIndex(i + 1);
            _permutation[i] = _permutation[j];
            _permutation[j] = i;
        }

        _epoch = epoch;
    }
}
