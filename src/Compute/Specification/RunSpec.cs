namespace MoeOrleans.Compute.Specification;

/// <summary>
/// Everything that decides a run's bits: data, model, routing, training. How the run is spread over silos, shards and
/// threads is a <c>Deployment</c> and cannot change the result. The defaults are the paper's nonlinear mixture on setting 1
/// by the reference recipe.
/// </summary>
public sealed record RunSpec
{
    /// <summary>The recipe the values started from; a label, every value it implies stands in its own field.</summary>
    [Field("Algorithm whose values the run starts from", Label = true)]
    public Recipe Recipe { get; init; } = Recipe.Reference;

    /// <summary>The data to learn.</summary>
    public DataSpec Data { get; init; } = new();

    /// <summary>The experts, and how their output becomes a loss.</summary>
    public ModelSpec Model { get; init; } = new();

    /// <summary>The router: noise and gate.</summary>
    public RoutingSpec Routing { get; init; } = new();

    /// <summary>Steps, minibatches, optimisers and the stop rule.</summary>
    public TrainingSpec Training { get; init; } = new();
}
