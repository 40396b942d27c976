using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MoeOrleans.Cli.Export;
using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Tests.Export;

/// <summary>ONNX Runtime computes from exported models what moe predict does.</summary>
public sealed class OnnxTests
{
    [Fact]
    public void Every_activation_and_gate_has_a_case()
    {
        var cases = string.Join(' ', ExportedModel.Cases.Select(row => row.Data));
        Activation.All.ShouldAllBe(activation => cases.Contains($"model.activation={activation.Name}", StringComparison.Ordinal));
        Enum.GetValues<GateKind>().ShouldAllBe(gate => cases.Contains($"routing.gate={SpecField.Format(gate)}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ExportedModel.Cases), MemberType = typeof(ExportedModel))]
    public void Every_kind_of_model_predicts_what_moe_predicts(string fields)
    {
        foreach (var standardized in (bool[])[false, true])
        {
            var expected = ExportedModel.Of(fields, standardized);
            var samples = expected.Samples;
            using var options = new SessionOptions { IntraOpNumThreads = 1 };
            using var session = new InferenceSession(OnnxMixture.Of(expected.Model).ToByteArray(), options);
            session.ModelMetadata.CustomMetadataMap["standardized"].ShouldBe(expected.Model.Saved.Weights.Standardization is null ? "false" : "true");

            using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(samples.Inputs.ToArray(), [samples.Count, samples.Patches, samples.Dim]))]);

            var values = results.ToDictionary(result => result.Name);
            var logits = Rows(values["logits"]);
            expected.ShouldHaveClasses([.. values["class"].AsTensor<long>()], logits);
            foreach (var (row, probabilities) in Rows(values["probabilities"]).Zip(expected.Probabilities)) row.ShouldBe(probabilities.Select(p => (float)p), 1e-4);
            values.ContainsKey("router_scores").ShouldBe(expected.Model.Saved.Weights.Router.Length > 0);
            if (!values.TryGetValue("router_scores", out var scores)) continue;
            foreach (var (row, own) in Rows(scores).Zip(expected.Scores)) row.ShouldBe(own, 1e-4);
            values["expert"].AsTensor<long>().Select(expert => (int)expert).ShouldBe(expected.Classified.Expert);
            if (values.TryGetValue("gate", out var gate)) gate.AsTensor<float>().ShouldBe(expected.Classified.Gate, 1e-4);
        }

        static float[][] Rows(DisposableNamedOnnxValue value)
        {
            var tensor = value.AsTensor<float>();
            return [.. tensor.Chunk(tensor.Dimensions[1])];
        }
    }
}
