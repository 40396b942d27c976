using MoeOrleans.Compute.Experts;

namespace MoeOrleans.Compute.Tests.Experts;

/// <summary>Gradients held against slopes of the loss.</summary>
internal static class FiniteDifferences
{
    /// <summary>Checks d loss / d weight of every weight and d loss / d gate of every sample, each sample once and in order.</summary>
    /// <returns>For each tensor how many weights the loss depends on.</returns>
    public static int[] Check(IExpert<double> expert, double[] weights, double[] inputs, int[] labels, double[] gates)
    {
        int[] indexes = [.. Enumerable.Range(0, labels.Length)];
        var (gradient, gateGradients) = (new double[weights.Length], new double[gates.Length]);
        Loss(gradient, gateGradients);

        var moved = new int[expert.Parameters.Tensors.Length];
        for (var t = 0; t < moved.Length; t++)
        {
            var tensor = expert.Parameters.Tensors[t];
            for (var input = 0; input < tensor.Inputs; input++)
            {
                for (var output = 0; output < tensor.Outputs; output++)
                {
                    var at = tensor.IndexOf(input, output);
                    if (ShouldBeTheSlope(ref weights[at], gradient[at], tensor.Name)) moved[t]++;
                }
            }
        }

        for (var i = 0; i < gates.Length; i++) ShouldBeTheSlope(ref gates[i], gateGradients[i], "gate");
        return moved;

        double Loss(double[] g, double[] gateG) => expert.Accumulate(weights, new BlockSamples<double>(inputs, labels, indexes, gates), g, gateG).Loss;

        bool ShouldBeTheSlope(ref double at, double actual, string name)
        {
            const double Step = 1e-5;
            var value = at;
            at = value + Step;
            var above = Loss(new double[weights.Length], new double[gates.Length]);
            at = value - Step;
            var below = Loss(new double[weights.Length], new double[gates.Length]);
            at = value;
            var slope = (above - below) / (2 * Step);
            actual.ShouldBe(slope, 1e-8 + (1e-7 * Math.Abs(slope)), name);
            return Math.Abs(slope) > 1e-4;
        }
    }
}
