using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Recording;
using MoeOrleans.Compute.Routing;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Grains.Routers;

namespace MoeOrleans.Grains.Silos;

/// <summary>What the grains of a run share on a silo.</summary>
internal sealed class RunResources
{
    private readonly Func<LoadedData> _load;
    private readonly Lazy<Task<RoutingReplay?>> _replay;
    private readonly Lazy<Task<MixtureWeights<float>?>> _initialWeights;
    private volatile LoadedData? _data;

    /// <summary>The resources of a specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="load">Generates or reads its data.</param>
    /// <param name="replay">Reads the recording that it names.</param>
    /// <param name="initialWeights">Reads the weights that it starts from.</param>
    /// <param name="released">Cancelled when the run is released.</param>
    internal RunResources(RunSpec spec, Func<LoadedData> load, Func<Task<RoutingReplay?>> replay, Func<Task<MixtureWeights<float>?>> initialWeights, CancellationToken released)
    {
        (Spec, _load, Released) = (spec, load, released);
        _replay = new Lazy<Task<RoutingReplay?>>(replay);
        _initialWeights = new Lazy<Task<MixtureWeights<float>?>>(initialWeights);
        Parameters = ExpertKinds.Parameters(spec.Model, spec.Data.Dim, spec.Data.Patches);
        RouterLayout = RouterGradientLayout.Of(spec, spec.Data.Dim);
        Noise = new RouterNoise<float>(spec.Routing, spec.Training.Seed);
        Scores = new LatestScores(spec.Model.Experts);
    }

    /// <summary>The specification.</summary>
    public RunSpec Spec { get; }

    /// <summary>
    /// Training and test samples, generated or read at first use: by payload, a silo without routers needs none.
    /// After a failure the next use tries again.
    /// </summary>
    public Task<Dataset<float>> Data => Loaded.Dataset;

    /// <summary>SHA-256 of the data (<see cref="Dataset{T}.Sha256"/>), which are generated or read for it.</summary>
    public Task<string> DataSha256 => Loaded.Sha256;

    /// <summary>The recording whose experts replace the routers' choice, read at first use; null if the specification names none.</summary>
    public Task<RoutingReplay?> Replay => _replay.Value;

    /// <summary>The weights that training starts from, read at first use; null if they are drawn.</summary>
    public Task<MixtureWeights<float>?> InitialWeights => _initialWeights.Value;

    /// <summary>Elements of a sample: patches x dim.</summary>
    public int RowLength => Spec.Data.Patches * Spec.Data.Dim;

    /// <summary>The tensors of an expert.</summary>
    public ParameterLayout Parameters { get; }

    /// <summary>Layout of the router's sums.</summary>
    public RouterGradientLayout RouterLayout { get; }

    /// <summary>The router's noise.</summary>
    public IRouterNoise<float> Noise { get; }

    /// <summary>Cancelled when the run is released: its computations end at the next block.</summary>
    public CancellationToken Released { get; }

    /// <summary>The router's weights of the step in progress.</summary>
    public LatestScores Scores { get; }

    /// <summary>How far this silo's experts are with the step in progress.</summary>
    public StepWork Work { get; } = new();

    private LoadedData Loaded => _data is { HasFailed: false } data ? data : _data = _load();
}
