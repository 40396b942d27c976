using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;

namespace MoeOrleans.Compute.Tests.Training;

/// <summary>
/// The bits of whole runs. They hold on every machine and at every vector width: rerun these alone with narrower vectors by
/// <c>DOTNET_EnableAVX512=0 dotnet test --project tests/Compute.Tests --filter-class '*GoldenTests'</c>, and with
/// <c>DOTNET_EnableAVX2=0</c>, where even the fused multiply-add is done in software.
/// A change here changes what a specification's hash stands for: <see cref="NumericsVersion.Current"/> has to be raised with
/// it.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GoldenTests
{
    [Theory]
    [InlineData("reference", "5554c4f32087a8117b1eb4e652a51181b58746a45bae2c549f8097400a28256f")]
    [InlineData("paper", "3118e2b8fff74f8ba055c9bdb92907e60bb56a4834a978b4aade098a5e7c4ac4")]
    [InlineData("mlp", "0aebf95cecde9377c77f02b7dd8d1ae7eb87f5166d83f802fc2e81d6a8d1681b")]
    [InlineData("adamw", "8bbff5c14d02818a06b64b9382ba577e73c2082dbbf6df1368d99ae6b17ede5a")]
    [InlineData("switch", "7ef5d0b9e9a1dd9b82e42351f4d6f179ed102848dc3a58a2098e41a0eb6097f1")]
    [InlineData("gelu", "a726f7d25753c4aae50e371f08f03d664b2f1054642a28d4da9bdd10bc26cff8")]
    public void A_run_ends_with_the_recorded_weights(string name, string expected)
    {
        NumericsVersion.Current.ShouldBe(1, "the hashes below belong to version 1: record them anew");
        var spec = Spec(name);
        RunSpecValidation.Validate(spec);
        var outcome = new SequentialTrainer<float>(spec, ClusterData.Generate<float>(spec.Data)).Run();
        outcome.StopReason.ShouldBe(StopReason.Steps);
        outcome.Weights.Sha256().ShouldBe(expected);
    }

    private static RunSpec Spec(string name) => name switch
    {
        "reference" => Small(Presets.For(Recipe.Reference, "1"), 600, 12),
        "paper" => Small(Presets.For(Recipe.Paper, "theorem"), 600, 12),
        "mlp" => SmallRuns.All["mlp"],
        "adamw" => SmallRuns.All["mlp, AdamW, cosine, clipped"],
        "switch" => SmallRuns.All["mlp, AdamW, cosine, clipped, Switch's balance"],
        _ => SmallRuns.All["gelu, load balance"] with
        {
            Training = SmallRuns.Reference.Training with
            {
                Minibatch = 64,
                Expert = new OptimiserSpec { Rate = 0.01, Normalise = NormKind.Tensor, Momentum = 0.9, WeightDecay = 5e-4 },
            },
        },
    };

    private static RunSpec Small(RunSpec spec, int samples, int steps) => spec with
    {
        Data = spec.Data with { Train = samples, Test = 1 },
        Training = spec.Training with { Steps = steps, Block = 64, Stop = new StopSpec { Enabled = false } },
    };
}
