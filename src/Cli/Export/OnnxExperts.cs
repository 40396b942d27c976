using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Export;

/// <summary>
/// The experts of a mixture in an ONNX graph. Every operation computes all experts at once, as a product of batches of matrices: the graph
/// has the same few nodes for any number of experts, and no shapes that depend on values.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="spec">The specification.</param>
/// <param name="weights">The weights.</param>
/// <param name="experts">Number of experts that samples can reach.</param>
internal sealed class OnnxExperts(OnnxGraph graph, RunSpec spec, MixtureWeights<float> weights, int experts)
{
    /// <summary>Adds the experts.</summary>
    /// <param name="inputs">Samples x patches x dim.</param>
    /// <returns>Outputs before the gate, experts x samples x outputs.</returns>
    public string Add(string inputs) => spec.Model.Expert == "mlp" ? Mlp(inputs) : PatchCnn(inputs);

    private string Mlp(string inputs)
    {
        var (hidden, hiddenBias, output, outputBias) = (weights.Layout.Tensors[0], weights.Layout.Tensors[1], weights.Layout.Tensors[2], weights.Layout.Tensors[3]);
        var rows = graph.Add("Reshape", [inputs, graph.Integers(1, -1, hidden.Inputs)]);
        var units = graph.Add("Relu", [Affine(rows, hidden, hiddenBias)]);
        return Affine(units, output, outputBias);
    }

    private string PatchCnn(string inputs)
    {
        var weight = weights.Layout.Tensors[0];
        var patches = graph.Add("Reshape", [inputs, graph.Integers(1, -1, weight.Inputs)]);
        var units = Activate(Affine(patches, weight, weights.Layout.Tensors.ElementAtOrDefault(1)));
        // Filter j serves output j / J; an output is the sum over its filters and the patches.
        var (outputs, patchCount) = (spec.Model.Outputs, spec.Data.Patches);
        var split = graph.Add("Reshape", [units, graph.Integers(experts, -1, patchCount, outputs, weight.Outputs / outputs)]);
        return graph.Add("ReduceSum", [split, graph.Integers(2, 4)], ("keepdims", [0]));
    }

    private string Affine(string rows, TensorLayout weight, TensorLayout? bias)
    {
        var product = graph.Add("MatMul", [rows, Stacked(weight, [experts, weight.Inputs, weight.Outputs])]);
        return bias is null ? product : graph.Add("Add", [product, Stacked(bias, [experts, 1, bias.Outputs])]);
    }

    private string Activate(string units)
    {
        var activation = spec.Model.Activation;
        if (activation == Activation.Linear) return units;
        if (activation == Activation.Cubic) return graph.Add("Mul", [units, graph.Add("Mul", [units, units])]);
        if (activation == Activation.Relu) return graph.Add("Relu", [units]);
        if (activation == Activation.Tanh) return graph.Add("Tanh", [units]);
        // With alpha = 1 the same function.
        if (activation == Activation.Celu) return graph.Add("Elu", [units]);
        if (activation == Activation.Gelu)
        {
            var erf = graph.Add("Erf", [graph.Add("Mul", [units, graph.Constant("inverse_sqrt_2", [(float)(1 / Math.Sqrt(2))])])]);
            var distribution = graph.Add("Mul", [graph.Add("Add", [erf, graph.Constant("one", [1])]), graph.Constant("half", [0.5f])]);
            return graph.Add("Mul", [units, distribution]);
        }

        throw new ConfigurationException($"--format: onnx has no form for model.activation {activation.Name}; add one to {nameof(OnnxExperts)}");
    }

    /// <summary>A tensor of all experts as inputs x outputs, or the row of a bias: the transpose of its form in files.</summary>
    private string Stacked(TensorLayout tensor, int[] shape)
    {
        var values = new float[experts * tensor.ElementCount];
        for (var m = 0; m < experts; m++)
        {
            for (var input = 0; input < tensor.Inputs; input++)
            {
                for (var output = 0; output < tensor.Outputs; output++)
                    values[(((m * tensor.Inputs) + input) * tensor.Outputs) + output] = weights.Experts[m][tensor.IndexOf(input, output)];
            }
        }

        return graph.Constant($"experts.{tensor.Name}", values, shape);
    }
}
