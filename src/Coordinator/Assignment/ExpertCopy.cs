using MoeOrleans.Grains.Experts;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;
using MoeOrleans.Runs.Requests;

namespace MoeOrleans.Coordinator.Assignment;

/// <summary>A copy of an expert's state, from which it can be restored on any silo.</summary>
/// <param name="Generation">The generation that it was read in.</param>
/// <param name="Version">The version that it is at.</param>
/// <param name="Weights">Flat parameters.</param>
/// <param name="OptimiserState">State of the optimiser; null if no step follows.</param>
/// <param name="BestVersion">Version of the best weights.</param>
/// <param name="BestWeights">Weights of the smallest loss; null if the run does not keep them.</param>
/// <param name="Silo">The silo that it was read from.</param>
internal sealed record ExpertCopy(
    long Generation, long Version, float[] Weights, float[]? OptimiserState, long BestVersion, float[]? BestWeights, string Silo)
{
    private IEnumerable<(ExpertTensor Tensor, float[] Values)> Arrays
    {
        get
        {
            yield return (ExpertTensor.Weights, Weights);
            if (OptimiserState is { } state) yield return (ExpertTensor.OptimiserState, state);
            if (BestWeights is { } best) yield return (ExpertTensor.BestWeights, best);
        }
    }

    /// <summary>Restores an expert; a state that is too large for one message goes ahead in pieces.</summary>
    /// <param name="expert">The expert.</param>
    /// <param name="run">The run.</param>
    public async Task<RestoreReply> Restore(IExpertGrain expert, RunContext run)
    {
        if (Arrays.Sum(array => (long)array.Values.Length) <= TensorPiece.MaxElements)
        {
            return await expert.Restore(new RestoreRequest(
                run, Generation, Version, new(Weights), OptimiserState is { } state ? new(state) : null, BestVersion, BestWeights is { } best ? new(best) : null));
        }

        foreach (var (tensor, values) in Arrays)
        {
            var first = 0;
            do
            {
                var piece = TensorPiece.Of(values, first);
                await expert.ReceiveState(new RestorePiece(run, Generation, Version, tensor, values.Length, first, new(piece)));
                first += piece.Length;
            }
            while (first < values.Length);
        }

        return await expert.Restore(new RestoreRequest(run, Generation, Version, null, null, BestVersion, null, [.. Arrays.Select(array => array.Tensor)]));
    }
}
