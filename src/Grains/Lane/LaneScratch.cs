using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Grains.Lane;

/// <summary>Scratch space of one lane thread, kept between pieces of work.</summary>
internal sealed class LaneScratch
{
    private readonly Dictionary<(ModelSpec Model, int Dim, int Patches), IExpert<float>> _experts = [];
    private float[] _floats = [];

    /// <summary>This thread's instance of a kind of expert.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dim">Patch length d.</param>
    /// <param name="patches">Patches a sample P.</param>
    public IExpert<float> Expert(ModelSpec model, int dim, int patches)
    {
        if (_experts.TryGetValue((model, dim, patches), out var expert)) return expert;
        // A thread serves few runs at a time: instances of ended runs are dropped all at once.
        if (_experts.Count >= 16) _experts.Clear();
        return _experts[(model, dim, patches)] = ExpertKinds.Create<float>(model, dim, patches);
    }

    /// <summary>Scratch space with any content.</summary>
    /// <param name="length">Number of floats.</param>
    public Span<float> Floats(int length)
    {
        if (_floats.Length < length) _floats = GC.AllocateUninitializedArray<float>(length);
        return _floats.AsSpan(0, length);
    }
}
