using System.Text.Json;
using MoeOrleans.Cli.Evaluation;
using MoeOrleans.Cli.Export.Onnx;
using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Hosting;

namespace MoeOrleans.Cli.Export;

/// <summary>
/// A trained model as ONNX. Input: x, samples x patches x dim, float32, not standardized. Outputs: logits (gated), probabilities and class;
/// of a model with a router also expert, gate and router_scores. They are those of moe predict, without noise.
/// </summary>
internal static class OnnxMixture
{
    // Both are read by every runtime since 2022.
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    // A protobuf message cannot be larger.
    private const long LargestFile = int.MaxValue - (1 << 20);

    /// <summary>Writes a model to a file.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ConfigurationException">ONNX has no form for it.</exception>
    public static ModelProto Of(TrainedModel model)
    {
        var (spec, weights) = (model.Spec, model.Saved.Weights);
        var bytes = sizeof(float) * ((long)weights.Router.Length + ((long)weights.Experts.Count * weights.Layout.ElementCount));
        if (bytes > LargestFile) throw new ConfigurationException($"--format: an onnx file holds at most {LargestFile / 1e6:0} MB, and the weights have {bytes / 1e6:0} MB; choose torch");
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "MoeOrleans",
            DocString = "A mixture of experts. Input x: samples x patches x dim, as given to moe predict.",
            Graph = Graph(model),
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            MetadataProps =
            {
                Entry("specHash", SpecHash.Of(spec)),
                Entry("weightsSha256", weights.Sha256()),
                Entry("specification", RunSpecJson.Write(spec)),
                Entry("classNames", JsonSerializer.Serialize(ClassNames.Of(spec.Data))),
                Entry("standardized", SpecField.Format(weights.Standardization is not null)),
            },
        };

        static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
    }

    private static GraphProto Graph(TrainedModel model)
    {
        var (spec, weights, graph) = (model.Spec, model.Saved.Weights, new OnnxGraph());
        var (patches, dim) = (spec.Data.Patches, spec.Data.Dim);
        var inputs = graph.Input("x", patches, dim);
        if (weights.Standardization is { } statistics)
        {
            var centred = graph.Add("Sub", [inputs, graph.Constant(Standardization.MeanName, statistics.Mean, patches, dim)]);
            inputs = graph.Add("Div", [centred, graph.Constant(Standardization.DeviationName, statistics.Deviation, patches, dim)]);
        }

        // Without router weights all scores are 0, and the first expert is chosen.
        var hasRouter = weights.Router.Length > 0;
        var outputs = new OnnxExperts(graph, spec, weights, hasRouter ? spec.Model.Experts : 1).Add(inputs);
        AddPredictions(graph, spec, hasRouter ? Routed(graph, spec, weights.Router, inputs, outputs) : graph.Add("Squeeze", [outputs, graph.Integers(0)]));
        return graph.Proto;
    }

    /// <summary>Adds the router, and takes the outputs of each sample's expert, times the gate.</summary>
    private static string Routed(OnnxGraph graph, RunSpec spec, float[] theta, string inputs, string outputs)
    {
        var experts = spec.Model.Experts;
        var patchSums = graph.Add("ReduceSum", [inputs, graph.Integers(1)], ("keepdims", [0]));
        var router = graph.Add("Transpose", [graph.Constant("router.weight", theta, experts, theta.Length / experts)], ("perm", [1, 0]));
        var scores = graph.Add("MatMul", [patchSums, router]);
        var expert = graph.Add("ArgMax", [scores], ("axis", [1]), ("keepdims", [1]));
        var chosen = graph.Add("GatherND", [graph.Add("Transpose", [outputs], ("perm", [1, 0, 2])), expert], ("batch_dims", [1]));
        graph.Output(graph.Add("Squeeze", [expert, graph.Integers(1)]), "expert", isInteger: true);
        graph.Output(scores, "router_scores", isInteger: false, experts);
        if (spec.Routing.Gate == GateKind.One) return chosen;
        var gates = spec.Routing.Gate == GateKind.Softmax ? graph.Add("Softmax", [scores], ("axis", [1])) : scores;
        var gate = graph.Add("GatherElements", [gates, expert], ("axis", [1]));
        graph.Output(graph.Add("Squeeze", [gate, graph.Integers(1)]), "gate", isInteger: false);
        return graph.Add("Mul", [chosen, gate]);
    }

    private static void AddPredictions(OnnxGraph graph, RunSpec spec, string logits)
    {
        graph.Output(logits, "logits", isInteger: false, spec.Model.Outputs);
        if (spec.Model.Outputs > 1)
        {
            graph.Output(graph.Add("Softmax", [logits], ("axis", [1])), "probabilities", isInteger: false, spec.Model.Outputs);
            graph.Output(graph.Add("ArgMax", [logits], ("axis", [1]), ("keepdims", [0])), "class", isInteger: true);
            return;
        }

        // A single output tells class 1 from class 0.
        var (no, yes) = (graph.Add("Sigmoid", [graph.Add("Neg", [logits])]), graph.Add("Sigmoid", [logits]));
        graph.Output(graph.Add("Concat", [no, yes], ("axis", [1])), "probabilities", isInteger: false, 2);
        var isPositive = graph.Add("Greater", [graph.Add("Squeeze", [logits, graph.Integers(1)]), graph.Constant("zero", [0f])]);
        graph.Output(graph.Add("Cast", [isPositive], ("to", [(long)TensorProto.Types.DataType.Int64])), "class", isInteger: true);
    }
}
