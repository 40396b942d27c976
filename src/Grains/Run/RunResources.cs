using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Grains.Run;

/// <summary>What the grains of a run share on a silo.</summary>
public sealed class RunResources
{
    private readonly Func<Task<Dataset<float>>> _load;
    private volatile Task<Dataset<float>>? _data;

    /// <summary>The resources of a specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="load">Makes or reads its data.</param>
    public RunResources(RunSpec spec, Func<Task<Dataset<float>>> load)
    {
        (Spec, _load) = (spec, load);
        Parameters = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        RouterLayout = RouterGradientLayout.Of(spec, spec.Data.Dim);
        Noise = new RouterNoise<float>(spec.Routing, spec.Training.Seed);
        Scores = new LatestScores(spec.Model.Experts);
    }

    /// <summary>The specification.</summary>
    public RunSpec Spec { get; }

    /// <summary>
    /// Training and test samples, made or read when they are first asked for: by payload, a silo without routers needs none.
    /// A failure is not kept.
    /// </summary>
    public Task<Dataset<float>> Data => _data is { IsFaulted: false, IsCanceled: false } data ? data : _data = _load();

    /// <summary>The tensors of an expert.</summary>
    public ParameterLayout Parameters { get; }

    /// <summary>Layout of the router's sums.</summary>
    public RouterGradientLayout RouterLayout { get; }

    /// <summary>The router's noise.</summary>
    public IRouterNoise<float> Noise { get; }

    /// <summary>The router's weights of the step in progress.</summary>
    public LatestScores Scores { get; }
}
