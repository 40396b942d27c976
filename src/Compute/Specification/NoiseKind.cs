namespace MoeOrleans.Compute.Specification;

/// <summary>When router noise is drawn.</summary>
public enum NoiseKind
{
    /// <summary>U(0, 1), anew for each step, sample and expert.</summary>
    Fresh,

    /// <summary>U(0, 1), once for each sample and expert, kept for all steps and for testing (the entropy curves).</summary>
    Fixed,

    /// <summary>A fixed draw of N(0, 1e-5), which only breaks ties (official code).</summary>
    Off,
}
