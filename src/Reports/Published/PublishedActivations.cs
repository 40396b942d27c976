using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Reports.Published;

/// <summary>The activations of the paper's experiments: a reproduction runs these, even if more are registered.</summary>
internal static class PublishedActivations
{
    /// <summary>The experts of the nonlinear mixture.</summary>
    public static Activation Nonlinear => Activation.Cubic;

    /// <summary>Linear and nonlinear models, which every table of the paper compares.</summary>
    public static IReadOnlyList<Activation> Compared { get; } = [Activation.Linear, Nonlinear];

    /// <summary>The single models that theorem 4.1 is checked on.</summary>
    public static IReadOnlyList<Activation> OfSingleModels { get; } =
        [Activation.Linear, Activation.Cubic, Activation.Relu, Activation.Celu, Activation.Gelu, Activation.Tanh];
}
