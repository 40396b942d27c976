using System.Runtime.Intrinsics;
using System.Text.Json;
using CsCheck;
using MoeOrleans.Compute.Activations;

namespace MoeOrleans.Compute.Tests.Activations;

/// <summary>Every registered activation, and one that only the tests know.</summary>
public sealed class ActivationTests
{
    private static readonly Activation[] s_all = [.. Activation.All, Activation.Of<Softsign>()];

    // Where activations bend or end: signed zeros, the smallest numbers, steps of the special functions, both tails, infinities, NaN.
    private static readonly float[] s_edges =
    [
        0f, -0f, float.Epsilon, -float.Epsilon, 1e-38f, -1e-38f, 1e-8f, -1e-8f, 0.5f, -0.5f, 1, -1, 3, -3, 6.5f, -6.5f, 20, -20, 88.8f, -88.8f,
        104, -104, 1e10f, -1e10f, 1e13f, -1e13f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    public static TheoryData<string> Names => [.. s_all.Select(activation => activation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_vector_form_has_the_bits_of_the_scalar_form(string name)
    {
        Check([.. s_edges, .. s_edges.Select(edge => edge / 3)]);
        Gen.Float[-12, 12].Array[16, 64].Sample(Check, iter: 2000);
        Gen.Float.Array[16, 64].Sample(Check, iter: 2000);

        void Check(float[] arguments)
        {
            var (values, derivatives) = Vectors(Named(name), arguments);
            var scalar = Named(name).Scalar<float>();
            values.ShouldHaveTheBitsOf<float>(arguments.Select(z => scalar(z).Value).ToArray(), $"{name}: values at {string.Join(' ', arguments)}");
            derivatives.ShouldHaveTheBitsOf<float>(arguments.Select(z => scalar(z).Derivative).ToArray(), $"{name}: derivatives at {string.Join(' ', arguments)}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_derivative_is_that_of_finite_differences(string name)
    {
        const double Step = 1e-5;
        var scalar = Named(name).Scalar<double>();
        // Kinks are at 0 alone.
        for (var z = -7.013; z < 7; z += 0.0625)
        {
            var slope = (scalar(z + Step).Value - scalar(z - Step).Value) / (2 * Step);
            scalar(z).Derivative.ShouldBe(slope, 1e-9 * (1 + Math.Abs(slope)), $"{name} at {z}");
        }
    }

    [Fact]
    public void Names_are_found_again_and_differ()
    {
        foreach (var activation in Activation.All)
        {
            Activation.Find(activation.Name).ShouldBeSameAs(activation);
            JsonSerializer.Deserialize<Activation>(JsonSerializer.Serialize(activation)).ShouldBeSameAs(activation);
            JsonSerializer.Serialize(activation).ShouldBe($"\"{activation.Name}\"");
        }

        s_all.Select(activation => activation.Name).ShouldBeUnique();
        s_all.Select(activation => activation.DisplayName).ShouldBeUnique();
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Activation>("\"softsign\"")).Message.ShouldStartWith("must be one of linear, cubic, ");
        Activation.Find("Cubic").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_a_linear_activation_says_that_it_is_linear(string name)
    {
        var scalar = Named(name).Scalar<double>();
        Named(name).IsLinear.ShouldBe(new[] { -2.5, -0.25, 0.5, 3 }.All(z => scalar(z).Value == z * scalar(1).Value));
    }

    private static Activation Named(string name) => s_all.Single(activation => activation.Name == name);

    private static (float[] Values, float[] Derivatives) Vectors(Activation activation, float[] arguments) => activation.Specialise(new VectorForm(arguments));

    private sealed class VectorForm(float[] arguments) : IActivationSpecialisation<(float[] Values, float[] Derivatives)>
    {
        public (float[] Values, float[] Derivatives) For<TFunction>()
            where TFunction : struct, IActivationFunction
        {
            var (values, derivatives) = (new float[arguments.Length], new float[arguments.Length]);
            // Whole vectors, the last of which overlaps the one before.
            for (var i = 0; i < arguments.Length; i += Vector512<float>.Count)
            {
                var at = Math.Min(i, arguments.Length - Vector512<float>.Count);
                var (value, derivative) = TFunction.Apply(Vector512.Create(arguments.AsSpan(at)));
                value.CopyTo(values, at);
                derivative.CopyTo(derivatives, at);
            }

            return (values, derivatives);
        }
    }
}
