using MoeOrleans.Compute.Activations;
using MoeOrleans.Compute.Experts.PatchCnn;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Training;
using MoeOrleans.Runs.Folder;

namespace MoeOrleans.Runs.Tests.Folder;

public sealed class SavedWeightsTests : IDisposable
{
    private static readonly RunSpec Spec = new() { Model = new ModelSpec { Experts = 3, Options = new PatchCnnOptions { Filters = 2 } } };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moe-weights-");

    private string File => Path.Combine(_folder.FullName, "w.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ModelKind.Mixture)]
    [InlineData(ModelKind.Single)]
    public void Weights_read_back_with_the_same_bits(ModelKind kind)
    {
        var spec = Presets.For(Recipe.Reference, "1", kind, Activation.Cubic);
        var weights = InitialWeights.Draw<float>(spec, 50, 4);
        Write([.. weights.Tensors()], new() { ["version"] = "17", ["specHash"] = "0123" });
        var (read, version, hash) = SavedWeights.Read(File, spec);
        read.Sha256().ShouldBe(weights.Sha256());
        // The padding between the tensors' columns too.
        read.Experts.ShouldBe(weights.Experts);
        (version, hash).ShouldBe((17, "0123"));
    }

    [Fact]
    public void A_file_that_does_not_tell_its_version_has_version_0_and_no_hash()
    {
        Write([.. InitialWeights.Draw<float>(Spec, 50, 4).Tensors()], []);
        var saved = SavedWeights.Read(File, Spec);
        (saved.Version, saved.SpecHash).ShouldBe((0, null));
        Write([.. InitialWeights.Draw<float>(Spec, 50, 4).Tensors()], new() { ["version"] = "x" });
        Refuses(Spec, "metadata 'version' must be a whole number, got 'x'");
    }

    [Fact]
    public void Weights_of_another_model_are_one_line()
    {
        var tensors = InitialWeights.Draw<float>(Spec, 50, 4).Tensors().ToArray();
        Write(tensors, []);
        Refuses(Spec with { Model = Spec.Model with { Options = new PatchCnnOptions { Filters = 3 } } }, "tensor 'experts.0.weight' must be (6, 50) by its specification, got (4, 50)");
        Refuses(Spec with { Model = Spec.Model with { Experts = 4 } }, "tensor 'router.weight' must be (4, 50) by its specification, got (3, 50)");
        Refuses(Spec with { Model = Spec.Model with { Bias = false } }, "tensor 'experts.0.bias' is none of this specification's, which has 3 experts");
        Write(tensors[..^1], []);
        Refuses(Spec, "has no tensor 'experts.2.bias', which its specification asks for");
    }

    [Fact]
    public void A_number_that_is_not_finite_is_named()
    {
        var weights = InitialWeights.Draw<float>(Spec, 50, 4);
        weights.Router[5] = float.NaN;
        Write([.. weights.Tensors()], []);
        Refuses(Spec, "tensor 'router.weight' must be finite, got NaN at element 5");
    }

    private void Write(IReadOnlyList<NamedTensor<float>> tensors, Dictionary<string, string> metadata)
    {
        using var stream = System.IO.File.Create(File);
        SafetensorsFile.Write(stream, tensors, metadata);
    }

    private void Refuses(RunSpec spec, string expected) => Should.Throw<UnreadableFileException>(() => SavedWeights.Read(File, spec)).Message.ShouldBe($"{File}: {expected}");
}
