using System.Security.Cryptography;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Parameters;

public sealed class MixtureWeightsTests
{
    private static readonly RunSpec Spec = new() { Model = new ModelSpec { Experts = 2, Options = new PatchCnnOptions { Filters = 3 } } };

    [Fact]
    public void Tensors_are_the_router_then_each_experts_own()
    {
        var tensors = InitialWeights.Draw<float>(Spec, 10, 4).Tensors().ToArray();
        tensors.Select(tensor => tensor.Name).ShouldBe(["router.weight", "experts.0.weight", "experts.0.bias", "experts.1.weight", "experts.1.bias"]);
        tensors.Select(tensor => string.Join('x', tensor.Shape)).ShouldBe(["2x10", "6x10", "6", "6x10", "6"]);
        tensors.ShouldAllBe(tensor => tensor.Values.Length == tensor.Shape.Aggregate(1, (a, b) => a * b));
        tensors[0].Values.ShouldAllBe(value => value == 0);
        tensors[1].Values.ShouldNotBe(tensors[3].Values);
    }

    [Fact]
    public void The_hash_is_that_of_the_tensors_bytes()
    {
        var weights = InitialWeights.Draw<float>(Spec, 10, 4);
        var bytes = weights.Tensors().SelectMany(tensor => tensor.Values.SelectMany(value => BitConverter.GetBytes(value))).ToArray();
        weights.Sha256().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Every_element_and_the_sign_of_a_zero_are_part_of_the_hash()
    {
        var weights = InitialWeights.Draw<float>(Spec, 10, 4);
        var hash = weights.Sha256();
        weights.Router[19] = -0f;
        var other = weights.Sha256();
        other.ShouldNotBe(hash);
        weights.Experts[1][(10 * 16) + 5] *= 2;
        weights.Sha256().ShouldNotBe(other);
    }

    [Fact]
    public void Padding_is_no_part_of_the_hash()
    {
        var weights = InitialWeights.Draw<float>(Spec, 10, 4);
        var hash = weights.Sha256();
        weights.Experts[0][6] = 1;
        weights.Sha256().ShouldBe(hash);
    }
}
