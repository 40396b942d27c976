using System.Numerics;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Specification;

/// <summary>
/// The recipe <see cref="Recipe.Plain"/>. Its constants are not of the paper: they are what a mixture in PyTorch is usually trained with.
/// </summary>
internal static class PlainRecipe
{
    /// <summary>Passes over the training set, if neither steps nor epochs are given.</summary>
    public const int Epochs = 40;

    /// <summary>Steps at least, unless steps or epochs are given: a small training set has few steps in an epoch.</summary>
    public const int FewestSteps = 1000;

    /// <summary>Samples a step of a large training set.</summary>
    public const int Minibatch = 256;

    // With full batches of a few hundred samples some experts would get hardly any before training ends.
    private const int SmallMinibatch = 64;
    private const int SmallSet = 16 * Minibatch;

    private const int SmallestBlock = 16;
    private const int BlocksPerMinibatch = 8;

    /// <summary>The recipe on a kind of expert.</summary>
    /// <param name="spec">Data, model and activation that were chosen.</param>
    /// <param name="activation">The activation; that of the kind of expert, or relu for the patch CNN, if null.</param>
    public static RunSpec Of(RunSpec spec, Activation? activation)
    {
        var (kind, isSingle) = (ExpertKinds.Of(spec.Model), spec.Model.Kind == ModelKind.Single);
        // A single model is one expert of the mixture, of the same size.
        spec = kind.AdaptPreset(spec with { Model = spec.Model with { Kind = ModelKind.Mixture } });
        return spec with
        {
            Model = spec.Model with
            {
                Kind = isSingle ? ModelKind.Single : ModelKind.Mixture,
                Experts = isSingle ? 1 : spec.Model.Experts,
                // A cubic function of inputs that are not the paper's has no useful scale.
                Activation = activation ?? (kind.IsOfThePaper ? Activation.Relu : kind.DefaultActivation),
                Initialisation = Initialisation.Uniform,
                InitialScale = 1,
                Loss = LossKind.CrossEntropy,
            },
            Routing = new RoutingSpec
            {
                Noise = NoiseKind.Off,
                NoiseInArgmax = false,
                NoiseInGate = false,
                Gate = isSingle ? GateKind.One : GateKind.Softmax,
                LoadBalance = isSingle ? 0 : 0.3,
                Balance = isSingle ? BalanceKind.Scores : BalanceKind.Switch,
            },
            Training = spec.Training with
            {
                Minibatch = MinibatchOf(spec.Data.Train),
                Steps = checked((int)StepsOf(Epochs, spec.Data.Train, Minibatch)),
                Block = Block(kind, spec.Model.Experts, spec.Data.Train, Minibatch),
                // An expert has an eighth of the samples, with small gates, and bears a higher rate than a single network.
                Expert = new OptimiserSpec { Method = OptimiserMethod.Adam, Rate = 0.002 },
                Router = new OptimiserSpec { Method = OptimiserMethod.Adam, Rate = 0.001 },
                Schedule = ScheduleKind.Cosine,
                Stop = spec.Training.Stop with { Enabled = false },
            },
        };
    }

    /// <summary>The minibatch for a number of training samples; 0 is the full batch.</summary>
    /// <param name="train">Training samples.</param>
    public static int MinibatchOf(int train) => train >= SmallSet ? Minibatch : train > SmallMinibatch ? SmallMinibatch : 0;

    /// <summary>Steps of a number of passes over the training set.</summary>
    /// <param name="epochs">Number of passes.</param>
    /// <param name="train">Training samples.</param>
    /// <param name="minibatch">Samples a step; 0 is the full batch.</param>
    public static long StepsOf(int epochs, int train, int minibatch)
    {
        var size = Size(train, minibatch);
        return (long)epochs * ((train + (long)size - 1) / size);
    }

    /// <summary>A block that gives a minibatch at least eight blocks, or 16 positions; at most what suits the kind of expert.</summary>
    /// <param name="kind">The kind of expert.</param>
    /// <param name="experts">Number of experts.</param>
    /// <param name="train">Training samples.</param>
    /// <param name="minibatch">Samples a step; 0 is the full batch.</param>
    public static int Block(IExpertKind kind, int experts, int train, int minibatch)
    {
        var largest = Math.Max(SmallestBlock, Size(train, minibatch) / BlocksPerMinibatch);
        return Math.Min(kind.DefaultBlock(experts), 1 << BitOperations.Log2((uint)largest));
    }

    private static int Size(int train, int minibatch) => minibatch == 0 ? train : Math.Min(minibatch, train);
}
