using MoeOrleans.Grains.Lane;
using MoeOrleans.Grains.Messages;
using MoeOrleans.Grains.Wire;

namespace MoeOrleans.Grains.Experts;

/// <summary>The pieces of a state that an expert has received for a restore. Pieces of another version or generation begin anew.</summary>
/// <param name="arrays">Where its arrays come from.</param>
/// <param name="longest">Elements of the longest array that a state has.</param>
internal sealed class ReceivedState(ArraySource arrays, int longest)
{
    private readonly Dictionary<ExpertTensor, (float[] Values, int Received)> _tensors = [];
    private long _generation;
    private long _version;

    /// <summary>Takes a piece. Pieces of an array come in order; one that comes twice is ignored.</summary>
    /// <param name="piece">The piece.</param>
    /// <exception cref="ArgumentException">It does not fit into its array, or the array is longer than any of this run.</exception>
    public void Add(RestorePiece piece)
    {
        if (piece.Length < 0 || piece.Length > longest || piece.First < 0 || piece.Values.Length > piece.Length - piece.First)
            throw new ArgumentException($"{piece.Values.Length} elements from {piece.First} are no piece of {piece.Length}; arrays of this run have at most {longest}.", nameof(piece));
        if (piece.Generation < _generation) return;
        if (piece.Generation != _generation || piece.Version != _version) Clear();
        (_generation, _version) = (piece.Generation, piece.Version);
        var (values, received) = _tensors.TryGetValue(piece.Tensor, out var known) && known.Values.Length == piece.Length ? known : (arrays.New<float>(piece.Length), 0);
        if (piece.First == received)
        {
            piece.Values.Span.CopyTo(values.AsSpan(received));
            received += piece.Values.Length;
        }

        _tensors[piece.Tensor] = (values, received);
    }

    /// <summary>A restore with the arrays that were received for it; null if pieces are missing.</summary>
    /// <param name="request">The restore.</param>
    public RestoreRequest? Complete(RestoreRequest request)
    {
        if (request.Pieces.IsDefaultOrEmpty) return request;
        if (request.Generation != _generation || request.Version != _version) return null;
        foreach (var tensor in request.Pieces)
        {
            if (!_tensors.TryGetValue(tensor, out var array) || array.Received < array.Values.Length) return null;
        }

        return request with { Weights = Tensor(ExpertTensor.Weights), OptimiserState = Tensor(ExpertTensor.OptimiserState), BestWeights = Tensor(ExpertTensor.BestWeights) };
    }

    /// <summary>Drops every piece.</summary>
    public void Clear()
    {
        _tensors.Clear();
        (_generation, _version) = (0, 0);
    }

    private WireTensor<float>? Tensor(ExpertTensor tensor) => _tensors.TryGetValue(tensor, out var received) ? new WireTensor<float>(received.Values) : null;
}
