using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Experts;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Bench;

/// <summary>
/// The data that a kind of expert is measured on: the specification's data, or random samples as NumPy files in a temporary folder.
/// Speed does not depend on the values.
/// </summary>
internal sealed class BenchData : IDisposable
{
    private readonly DirectoryInfo? _folder;
    private readonly SpecificationBuilder _builder;
    private readonly Dictionary<int, RunSpec> _specifications = [];

    /// <param name="expert">Kind of expert; null is the default.</param>
    /// <param name="changes">Fields of the specification, "path=value".</param>
    public BenchData(string? expert, IReadOnlyList<string> changes)
    {
        _builder = Builder(expert, changes);
        if (Workload.Samples is not { } samples)
        {
            Samples = Datasets.Load(_builder.Build().Data);
            return;
        }

        _folder = Directory.CreateTempSubdirectory("moe-bench-");
        try
        {
            var planned = new DataSpec { Source = DataSource.Files, Path = _folder.FullName, Sha256 = new('0', 64), Clusters = 1, Patches = 1, Dim = samples.Dim, Train = samples.Train, Test = samples.Test };
            _builder = Builder(expert, [$"training.minibatch={samples.Minibatch}", .. changes, "data.source=files"]).UseFiles(planned, samples.Classes);
            // An error in the changes is reported before any file is written.
            _builder.Build();
            Write(_folder.FullName, samples);
            var files = FileData.Read(_folder.FullName);
            _builder.UseFiles(files.Specification, files.Classes);
            Samples = files.Data;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BenchWorkload Workload => _builder.Expert.Bench;

    public Dataset<float> Samples { get; }

    /// <summary>The specification for a number of experts. Fields that follow from this number do, unless they were given.</summary>
    public RunSpec For(int experts)
    {
        if (!_specifications.TryGetValue(experts, out var specification))
            _specifications[experts] = specification = _builder.Set($"model.experts={experts}").Build();
        return specification;
    }

    public void Dispose() => _folder?.Delete(recursive: true);

    private static SpecificationBuilder Builder(string? expert, IEnumerable<string> changes)
    {
        var builder = new SpecificationBuilder();
        if (expert is not null) builder.Set("model.expert", expert, "--expert");
        foreach (var change in changes) builder.Set(change);
        return builder;
    }

    private static void Write(string folder, RandomSamples samples)
    {
        var random = new Random(1);
        foreach (var (set, count) in new[] { ("train", samples.Train), ("test", samples.Test) })
        {
            var inputs = new float[count * samples.Dim];
            foreach (ref var input in inputs.AsSpan()) input = (2 * random.NextSingle()) - 1;
            int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(samples.Classes))];
            NpyFile.Write<float>(Path.Combine(folder, $"{set}_x.npy"), inputs, count, 1, samples.Dim);
            NpyFile.Write<int>(Path.Combine(folder, $"{set}_y.npy"), labels, count);
        }
    }
}
