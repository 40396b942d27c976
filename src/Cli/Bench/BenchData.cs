using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Cli.Bench;

/// <summary>
/// What a kind of expert is measured on: setting 1 for the patch CNN; for the MLP random samples of one patch, of the size of
/// MNIST's, as NumPy files in a folder that is deleted at the end. Speed does not depend on what they hold.
/// </summary>
internal sealed class BenchData : IDisposable
{
    private const int Classes = 10;
    private const int Dim = 784;
    private const int Train = 16_384;
    private const int Test = 256;
    private const int Minibatch = 1024;

    private readonly DirectoryInfo? _folder;
    private readonly SpecificationBuilder _builder = new();

    /// <summary>Makes the data.</summary>
    /// <param name="expert">Kind of expert; null for the default.</param>
    /// <param name="changes">Fields of the specification, "path=value".</param>
    public BenchData(string? expert, IEnumerable<string> changes)
    {
        if (expert is not null) _builder.Set("model.expert", expert, "--expert");
        if (expert == "mlp") _builder.Set($"training.minibatch={Minibatch}");
        foreach (var change in changes) _builder.Set(change);
        if (expert == "mlp")
        {
            _folder = Directory.CreateTempSubdirectory("moe-bench-");
            try
            {
                Write(_folder.FullName);
                _builder.Set("data.source=files").Set($"data.path={_folder.FullName}");
                _builder.UseFiles(FileData.Read(_folder.FullName).Specification, Classes);
                Specification = _builder.Build();
            }
            catch
            {
                Dispose();
                throw;
            }
        }
        else
        {
            Specification = _builder.Build();
        }

        Samples = Datasets.Load(Specification.Data);
    }

    /// <summary>The specification.</summary>
    public RunSpec Specification { get; }

    /// <summary>Its samples.</summary>
    public Dataset<float> Samples { get; }

    /// <summary>Samples of a step.</summary>
    public int StepSamples => Specification.Training.Minibatch == 0 ? Samples.Train.Count : Specification.Training.Minibatch;

    /// <summary>The specification for another number of experts, with what follows from it where that was not given.</summary>
    public RunSpec For(int experts) => _builder.Set($"model.experts={experts}").Build();

    /// <summary>Deletes the files.</summary>
    public void Dispose() => _folder?.Delete(recursive: true);

    private static void Write(string folder)
    {
        var random = new Random(1);
        foreach (var (set, count) in new[] { ("train", Train), ("test", Test) })
        {
            var inputs = new float[count * Dim];
            foreach (ref var input in inputs.AsSpan()) input = (2 * random.NextSingle()) - 1;
            int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(Classes))];
            NpyFile.Write<float>(Path.Combine(folder, $"{set}_x.npy"), inputs, count, 1, Dim);
            NpyFile.Write<int>(Path.Combine(folder, $"{set}_y.npy"), labels, count);
        }
    }
}
