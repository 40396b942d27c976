using MoeOrleans.Compute.Numerics;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Losses;

/// <summary>
/// Loss of an expert's gated outputs and its gradients: scalar, and in double for any weight type. The fast experts do the same
/// operations on eight samples at a time, to the same bits.
/// </summary>
internal static class GatedLoss
{
    /// <summary>Computes loss and gradients of one sample.</summary>
    /// <param name="kind">The loss.</param>
    /// <param name="outputs">The expert's outputs o before the gate: one for each class, or a single score of two classes.</param>
    /// <param name="gate">The gate g, which multiplies the outputs.</param>
    /// <param name="label">The sample's class, from 0.</param>
    /// <param name="outputGradients">Receives d loss / d o, as many as outputs.</param>
    /// <returns>The loss in nats, d loss / d g, and the predicted class.</returns>
    public static SampleLoss Evaluate(LossKind kind, ReadOnlySpan<double> outputs, double gate, int label, Span<double> outputGradients) =>
        kind switch
        {
            LossKind.Logistic => Logistic(outputs, gate, label, outputGradients),
            LossKind.CrossEntropy => CrossEntropy(outputs, gate, label, outputGradients),
            _ => SoftmaxCrossEntropy(outputs, gate, label, outputGradients),
        };

    // p = softmax(g o); loss = log(sum exp p) - p_y: the probabilities are logits once more, as in the official code.
    private static SampleLoss SoftmaxCrossEntropy(ReadOnlySpan<double> outputs, double gate, int label, Span<double> outputGradients)
    {
        Span<double> p = stackalloc double[outputs.Length];
        Span<double> q = stackalloc double[outputs.Length];
        for (var c = 0; c < p.Length; c++) p[c] = gate * outputs[c];
        var prediction = ArgMax(p);
        Softmax(p, p);
        var (largest, sum) = Softmax(p, q);
        var loss = largest + SpecialFunctions.Log(sum) - p[label];
        var mean = 0.0;
        for (var c = 0; c < p.Length; c++)
        {
            q[c] -= c == label ? 1 : 0;
            mean = double.FusedMultiplyAdd(p[c], q[c], mean);
        }

        var gateGradient = 0.0;
        for (var c = 0; c < p.Length; c++)
        {
            var logitGradient = p[c] * (q[c] - mean);
            outputGradients[c] = gate * logitGradient;
            gateGradient = double.FusedMultiplyAdd(outputs[c], logitGradient, gateGradient);
        }

        return new SampleLoss(loss, gateGradient, prediction);
    }

    // loss = log(sum exp z) - z_y, z = g o.
    private static SampleLoss CrossEntropy(ReadOnlySpan<double> outputs, double gate, int label, Span<double> outputGradients)
    {
        Span<double> z = stackalloc double[outputs.Length];
        Span<double> p = stackalloc double[outputs.Length];
        for (var c = 0; c < z.Length; c++) z[c] = gate * outputs[c];
        var (largest, sum) = Softmax(z, p);
        var gateGradient = 0.0;
        for (var c = 0; c < z.Length; c++)
        {
            var logitGradient = p[c] - (c == label ? 1 : 0);
            outputGradients[c] = gate * logitGradient;
            gateGradient = double.FusedMultiplyAdd(outputs[c], logitGradient, gateGradient);
        }

        return new SampleLoss(largest + SpecialFunctions.Log(sum) - z[label], gateGradient, ArgMax(z));
    }

    // loss = log(1 + exp(-y F)), F = g o, y = +-1.
    private static SampleLoss Logistic(ReadOnlySpan<double> outputs, double gate, int label, Span<double> outputGradients)
    {
        var output = outputs[0];
        var sign = label == 0 ? -1.0 : 1.0;
        var margin = sign * (gate * output);
        var decay = SpecialFunctions.Exp(-Math.Abs(margin));
        var loss = Math.Max(-margin, 0) + SpecialFunctions.Log(1 + decay);
        var slope = -sign * ((margin < 0 ? 1 : decay) / (1 + decay));
        outputGradients[0] = gate * slope;
        return new SampleLoss(loss, output * slope, gate * output > 0 ? 1 : 0);
    }

    /// <summary>Predicts a sample's class: the first of the largest gated outputs; with a single output, 1 if it is positive, else 0.</summary>
    /// <param name="outputs">The expert's outputs o before the gate.</param>
    /// <param name="gate">The gate g, which multiplies the outputs; a negative gate reverses their order.</param>
    /// <returns>The class, from 0.</returns>
    public static int Predict(ReadOnlySpan<double> outputs, double gate)
    {
        if (outputs.Length == 1) return gate * outputs[0] > 0 ? 1 : 0;
        Span<double> gated = stackalloc double[outputs.Length];
        for (var c = 0; c < gated.Length; c++) gated[c] = gate * outputs[c];
        return ArgMax(gated);
    }

    private static (double Largest, double Sum) Softmax(ReadOnlySpan<double> logits, Span<double> probabilities)
    {
        var largest = logits[0];
        for (var c = 1; c < logits.Length; c++) largest = Math.Max(largest, logits[c]);
        var sum = 0.0;
        for (var c = 0; c < logits.Length; c++) sum += probabilities[c] = SpecialFunctions.Exp(logits[c] - largest);
        for (var c = 0; c < logits.Length; c++) probabilities[c] /= sum;
        return (largest, sum);
    }

    private static int ArgMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var c = 1; c < values.Length; c++)
        {
            if (values[c] > values[best]) best = c;
        }

        return best;
    }
}
