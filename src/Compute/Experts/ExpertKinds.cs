using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using MoeOrleans.Compute.Experts.Mlp;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Randomness;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Experts;

/// <summary>The kinds of expert, and the experts and initial weights that a specification asks of them.</summary>
public static class ExpertKinds
{
    private static readonly ImmutableArray<IExpertKind> s_builtIn = [new PatchCnnKind(), new MlpKind()];
    private static readonly Lock s_lock = new();
    private static volatile Registry s_registry = new(s_builtIn, ImmutableDictionary<IExpertKind, string>.Empty);

    /// <summary>Every kind: the built-in ones, of which the first is the default, then those that were registered.</summary>
    public static ImmutableArray<IExpertKind> All => s_registry.Kinds;

    /// <summary>Loads an assembly and registers every kind of expert in it; a kind that is registered already is left alone.</summary>
    /// <param name="path">The assembly's file, a .dll.</param>
    /// <exception cref="SpecificationException">
    /// The file is no assembly, was built for another version or has no kind of expert, or a kind's name or options are not valid.
    /// </exception>
    public static void LoadFrom(string path)
    {
        foreach (var kind in ExpertAssembly.Load(path)) Register(kind);
    }

    /// <summary>
    /// Registers a kind of expert. Every process that reads its specifications has to do it, silos too, with the same build of the kind's
    /// assembly: its SHA-256 is part of the specification's hash.
    /// </summary>
    /// <param name="kind">The kind, of an assembly that was loaded from a file.</param>
    /// <exception cref="SpecificationException">Its name or its options are not valid, or the name is taken.</exception>
    public static void Register(IExpertKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (s_lock)
        {
            var known = Find(kind.Name);
            if (known?.GetType() == kind.GetType()) return;
            if (known is not null) throw new SpecificationException($"kind of expert '{kind.Name}' of {kind.GetType().Assembly.GetName().Name}: there is a kind of that name; choose another name");
            SpecFields.CheckKind(kind);
            var sha256 = ExpertAssembly.Sha256(kind.GetType().Assembly.Location);
            s_registry = new Registry(s_registry.Kinds.Add(kind), s_registry.Sha256.Add(kind, sha256));
        }
    }

    /// <summary>SHA-256 of the assembly that a kind was registered from, in lower-case hexadecimal; empty for a built-in kind.</summary>
    /// <param name="kind">The kind.</param>
    public static string AssemblySha256(IExpertKind kind) => s_registry.Sha256.GetValueOrDefault(kind, "");

    /// <summary>Why a specification's kind of expert cannot be trained in this process; null if it can.</summary>
    /// <param name="specification">The specification as JSON, as <see cref="RunSpecJson.Write"/> writes it.</param>
    internal static string? Refusal(string specification)
    {
        using var json = JsonDocument.Parse(specification);
        var model = json.RootElement.GetProperty("model");
        if (!model.TryGetProperty("expertSha256", out var text)) return null;
        var (name, wanted) = (model.GetProperty("expert").GetString()!, text.GetString());
        if (Find(name) is not { } kind)
            return $"it has no kind of expert '{name}', SHA-256 {wanted}; start it with --experts-from and that assembly";
        var own = AssemblySha256(kind);
        return own == wanted ? null : $"its kind of expert '{name}' has SHA-256 {own}, and the run needs {wanted}; give every silo the same file";
    }

    /// <summary>The kind that a model's options are of.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="SpecificationException">No kind has such options.</exception>
    public static IExpertKind Of(ModelSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return All.FirstOrDefault(kind => kind.Defaults.GetType() == model.Options.GetType())
            ?? throw new SpecificationException($"model.options: no kind of expert has {model.Options.GetType().Name}");
    }

    /// <summary>The kind of a name; null if there is none.</summary>
    /// <param name="name">Its name in a specification.</param>
    public static IExpertKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Makes an expert for one thread: the kernel for float, the scalar reference for double.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> Create<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? (IExpert<T>)Of(model).CreateKernel(model, dim, patches) : CreateReference<T>(model, dim, patches);

    /// <summary>Makes an expert's scalar reference for any element type: the same bits, slowly.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public static IExpert<T> CreateReference<T>(ModelSpec model, int dim, int patches)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Of(model).CreateReference<T>(model, dim, patches);

    /// <summary>The tensors of a specification's experts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    /// <exception cref="SpecificationException">The kind's tensors contradict each other.</exception>
    public static ParameterLayout Parameters(ModelSpec model, int dim, int patches)
    {
        var kind = Of(model);
        try
        {
            return kind.Parameters(model, dim, patches);
        }
        catch (ArgumentException failure)
        {
            throw new SpecificationException($"kind of expert '{kind.Name}': {failure.Message.Split(" (Parameter")[0]}");
        }
    }

    /// <summary>
    /// Draws an expert's initial weights: element e of tensor t is draw e of (seed, expert, t), in the order of the tensor's
    /// outside form, so that padding and layout decide no bit.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="model">Distribution and scale.</param>
    /// <param name="layout">The tensors.</param>
    /// <param name="seed">The training seed.</param>
    /// <param name="expert">The expert.</param>
    public static T[] InitialWeights<T>(ModelSpec model, ParameterLayout layout, long seed, int expert)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = new T[layout.Length];
        for (var t = 0; t < layout.Tensors.Length; t++)
        {
            var draws = new RandomSequence(seed, DrawPurpose.InitialWeights, expert, (uint)t);
            var bound = 1 / Math.Sqrt(layout.Tensors[t].FanIn);
            var tensor = new T[layout.Tensors[t].ElementCount];
            foreach (ref var element in tensor.AsSpan())
            {
                var draw = model.Initialisation == Initialisation.Normal ? draws.NextNormal() : draws.NextUniform(-bound, bound);
                element = T.CreateTruncating(model.InitialScale * draw);
            }

            layout.Tensors[t].Import<T>(tensor, weights);
        }

        return weights;
    }

    private sealed record Registry(ImmutableArray<IExpertKind> Kinds, ImmutableDictionary<IExpertKind, string> Sha256);
}
