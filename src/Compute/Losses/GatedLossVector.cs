using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Losses;

/// <summary>
/// <see cref="GatedLoss"/> for eight samples side by side, to the same bits. Outputs and gradients are [outputs x 8].
/// </summary>
internal static unsafe class GatedLossVector
{
    /// <summary>Samples evaluated together.</summary>
    public const int Samples = 8;

    /// <summary>Losses, gate gradients and predictions of eight samples.</summary>
    /// <param name="kind">Which loss.</param>
    /// <param name="classes">Number of outputs.</param>
    /// <param name="outputs">[classes x 8] outputs.</param>
    /// <param name="gate">The gates.</param>
    /// <param name="label">The classes, as numbers.</param>
    /// <param name="outputGradients">Receives [classes x 8] d loss / d outputs.</param>
    /// <param name="scratch">[2 x classes x 8].</param>
    public static GatedLosses Evaluate(
        LossKind kind, int classes, double* outputs, Vector512<double> gate, Vector512<double> label, double* outputGradients, double* scratch) =>
        kind switch
        {
            LossKind.Logistic => Logistic(outputs, gate, label, outputGradients),
            LossKind.CrossEntropy => CrossEntropy(classes, outputs, gate, label, outputGradients, scratch),
            _ => SoftmaxCrossEntropy(classes, outputs, gate, label, outputGradients, scratch),
        };

    private static GatedLosses SoftmaxCrossEntropy(
        int classes, double* outputs, Vector512<double> gate, Vector512<double> label, double* outputGradients, double* scratch)
    {
        if (classes == 2)
        {
            var stages = stackalloc double[SoftmaxCrossEntropyOfTwo.Scratch];
            SoftmaxCrossEntropyOfTwo.Probabilities(outputs, gate, stages);
            SoftmaxCrossEntropyOfTwo.ProbabilitiesAgain(stages);
            return SoftmaxCrossEntropyOfTwo.Gradients(outputs, gate, label, stages, outputGradients);
        }

        var p = scratch;
        var q = scratch + (classes * Samples);
        for (var c = 0; c < classes; c++) (gate * At(outputs, c)).Store(p + (c * Samples));
        var prediction = ArgMax(p, classes);
        Softmax(p, p, classes);
        var (largest, sum) = Softmax(p, q, classes);
        var chosen = Vector512<double>.Zero;
        var mean = Vector512<double>.Zero;
        for (var c = 0; c < classes; c++)
        {
            var isLabel = Vector512.Equals(label, Vector512.Create((double)c));
            chosen = Vector512.ConditionalSelect(isLabel, At(p, c), chosen);
            var difference = At(q, c) - (isLabel & Vector512<double>.One);
            difference.Store(q + (c * Samples));
            mean = Vector512.FusedMultiplyAdd(At(p, c), difference, mean);
        }

        var gateGradient = Vector512<double>.Zero;
        for (var c = 0; c < classes; c++)
        {
            var logitGradient = At(p, c) * (At(q, c) - mean);
            (gate * logitGradient).Store(outputGradients + (c * Samples));
            gateGradient = Vector512.FusedMultiplyAdd(At(outputs, c), logitGradient, gateGradient);
        }

        return new(largest + SpecialFunctions.Log(sum) - chosen, gateGradient, prediction);
    }

    private static GatedLosses CrossEntropy(
        int classes, double* outputs, Vector512<double> gate, Vector512<double> label, double* outputGradients, double* scratch)
    {
        var z = scratch;
        var p = scratch + (classes * Samples);
        for (var c = 0; c < classes; c++) (gate * At(outputs, c)).Store(z + (c * Samples));
        var (largest, sum) = Softmax(z, p, classes);
        var chosen = Vector512<double>.Zero;
        var gateGradient = Vector512<double>.Zero;
        for (var c = 0; c < classes; c++)
        {
            var isLabel = Vector512.Equals(label, Vector512.Create((double)c));
            chosen = Vector512.ConditionalSelect(isLabel, At(z, c), chosen);
            var logitGradient = At(p, c) - (isLabel & Vector512<double>.One);
            (gate * logitGradient).Store(outputGradients + (c * Samples));
            gateGradient = Vector512.FusedMultiplyAdd(At(outputs, c), logitGradient, gateGradient);
        }

        return new(largest + SpecialFunctions.Log(sum) - chosen, gateGradient, ArgMax(z, classes));
    }

    private static GatedLosses Logistic(
        double* outputs, Vector512<double> gate, Vector512<double> label, double* outputGradients)
    {
        var (zero, one) = (Vector512<double>.Zero, Vector512<double>.One);
        var output = At(outputs, 0);
        var sign = Vector512.ConditionalSelect(Vector512.Equals(label, zero), -one, one);
        var margin = sign * (gate * output);
        var decay = SpecialFunctions.Exp(-Vector512.Abs(margin));
        var loss = Vector512.Max(-margin, zero) + SpecialFunctions.Log(one + decay);
        var slope = -sign * (Vector512.ConditionalSelect(Vector512.LessThan(margin, zero), one, decay) / (one + decay));
        (gate * slope).Store(outputGradients);
        return new(loss, output * slope, Vector512.GreaterThan(gate * output, zero) & one);
    }

    /// <summary>Predicted classes of eight samples.</summary>
    /// <param name="classes">Number of outputs.</param>
    /// <param name="outputs">[classes x 8] outputs.</param>
    /// <param name="gate">The gates.</param>
    /// <param name="scratch">[classes x 8].</param>
    public static Vector512<double> Predict(int classes, double* outputs, Vector512<double> gate, double* scratch)
    {
        if (classes == 1) return Vector512.GreaterThan(gate * At(outputs, 0), Vector512<double>.Zero) & Vector512<double>.One;
        for (var c = 0; c < classes; c++) (gate * At(outputs, c)).Store(scratch + (c * Samples));
        return ArgMax(scratch, classes);
    }

    private static (Vector512<double> Largest, Vector512<double> Sum) Softmax(double* logits, double* probabilities, int classes)
    {
        if (classes == 2)
        {
            var (first, second, larger, both) = SoftmaxOfTwo(At(logits, 0), At(logits, 1));
            first.Store(probabilities);
            second.Store(probabilities + Samples);
            return (larger, both);
        }

        var largest = At(logits, 0);
        for (var c = 1; c < classes; c++) largest = Vector512.Max(largest, At(logits, c));
        var sum = Vector512<double>.Zero;
        for (var c = 0; c < classes; c++)
        {
            var power = SpecialFunctions.Exp(At(logits, c) - largest);
            power.Store(probabilities + (c * Samples));
            sum += power;
        }

        for (var c = 0; c < classes; c++) (At(probabilities, c) / sum).Store(probabilities + (c * Samples));
        return (largest, sum);
    }

    // exp(0) is 1, so one exponential serves both classes: of the two differences to the larger logit one is 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<double> First, Vector512<double> Second, Vector512<double> Largest, Vector512<double> Sum) SoftmaxOfTwo(Vector512<double> logit0, Vector512<double> logit1)
    {
        var (zero, one) = (Vector512<double>.Zero, Vector512<double>.One);
        var largest = Vector512.Max(logit0, logit1);
        var (first, second) = (logit0 - largest, logit1 - largest);
        var power = SpecialFunctions.Exp(first + second);
        first = Vector512.ConditionalSelect(Vector512.Equals(first, zero), one, power);
        second = Vector512.ConditionalSelect(Vector512.Equals(second, zero), one, power);
        var sum = first + second;
        return (first / sum, second / sum, largest, sum);
    }

    private static Vector512<double> ArgMax(double* values, int classes)
    {
        var best = Vector512<double>.Zero;
        var largest = At(values, 0);
        for (var c = 1; c < classes; c++)
        {
            var larger = Vector512.GreaterThan(At(values, c), largest);
            best = Vector512.ConditionalSelect(larger, Vector512.Create((double)c), best);
            largest = Vector512.ConditionalSelect(larger, At(values, c), largest);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> At(double* rows, int row) => Vector512.Load(rows + (row * Samples));
}
