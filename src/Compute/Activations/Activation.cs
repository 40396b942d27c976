using System.Numerics;
using System.Text.Json.Serialization;

namespace MoeOrleans.Compute.Activations;

/// <summary>
/// An activation function sigma of the patch CNN, which a specification names. There is one instance for each function, so that
/// activations are compared by reference.
/// </summary>
[JsonConverter(typeof(ActivationJsonConverter))]
public abstract class Activation
{
    private static readonly List<Activation> s_registered = [];

    private protected Activation(string name, string displayName, bool isLinear)
    {
        Name = name;
        DisplayName = displayName;
        IsLinear = isLinear;
    }

    // To add an activation: a file like Relu.cs next to this one, a property here, and its line in PublicAPI.Unshipped.txt. The order is that of descriptions and tables.

    /// <summary>sigma(z) = z: the paper's linear mixture.</summary>
    public static Activation Linear { get; } = Register<Linear>();

    /// <summary>sigma(z) = z^3: the paper's nonlinear mixture.</summary>
    public static Activation Cubic { get; } = Register<Cubic>();

    /// <summary>sigma(z) = max(z, 0); the derivative at 0 is 0.</summary>
    public static Activation Relu { get; } = Register<Relu>();

    /// <summary>sigma(z) = z for z > 0, else exp(z) - 1 (alpha = 1).</summary>
    public static Activation Celu { get; } = Register<Celu>();

    /// <summary>sigma(z) = z * Phi(z), Phi the exact normal distribution function.</summary>
    public static Activation Gelu { get; } = Register<Gelu>();

    /// <summary>sigma(z) = tanh(z).</summary>
    public static Activation Tanh { get; } = Register<Tanh>();

    /// <summary>Every registered activation, in the order of descriptions and tables.</summary>
    public static IReadOnlyList<Activation> All => s_registered;

    /// <summary>Name in specifications and findings, in camelCase.</summary>
    public string Name { get; }

    /// <summary>Name in tables and figures: the paper's word for it if there is one.</summary>
    public string DisplayName { get; }

    /// <summary>Whether sigma is linear. The paper trains a single linear model at a lower rate, and expects no experts that specialise.</summary>
    public bool IsLinear { get; }

    /// <summary>The registered activation of a name; null if there is none.</summary>
    /// <param name="name">A <see cref="Name"/>, in exact case.</param>
    public static Activation? Find(string name) => s_registered.Find(activation => activation.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The activation of a function, whether it is registered or not.</summary>
    internal static Activation Of<TFunction>()
        where TFunction : struct, IActivationFunction => ActivationOf<TFunction>.Instance;

    /// <summary>The scalar form for an element type. A caller keeps the delegate, so that no call looks it up.</summary>
    internal abstract Func<T, (T Value, T Derivative)> Scalar<T>()
        where T : IBinaryFloatingPointIeee754<T>;

    /// <summary>Compiles code for this function alone, so that the JIT inlines the function's vector form into a kernel's loop.</summary>
    internal abstract TResult Specialise<TResult>(IActivationSpecialisation<TResult> specialisation);

    private static Activation Register<TFunction>()
        where TFunction : struct, IActivationFunction
    {
        s_registered.Add(Of<TFunction>());
        return s_registered[^1];
    }

    private sealed class ActivationOf<TFunction>() : Activation(TFunction.Name, TFunction.DisplayName ?? TFunction.Name, TFunction.IsLinear)
        where TFunction : struct, IActivationFunction
    {
        public static readonly Activation Instance = new ActivationOf<TFunction>();

        internal override Func<T, (T Value, T Derivative)> Scalar<T>() => TFunction.Apply;

        internal override TResult Specialise<TResult>(IActivationSpecialisation<TResult> specialisation) => specialisation.For<TFunction>();
    }
}
