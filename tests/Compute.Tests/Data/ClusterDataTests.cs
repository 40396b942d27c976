using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class ClusterDataTests
{
    private static readonly DataSpec Small = Presets.For(Recipe.Reference, "1").Data with { Seed = 3, Train = 3000, Test = 1000 };

    public static TheoryData<DataSpec> Shapes =>
    [
        Small,
        Presets.For(Recipe.Reference, "4").Data with { Train = 2000, Test = 500 },
        Presets.For(Recipe.Reference, "theorem").Data with { Train = 2000, Test = 500 },
        Small with { Clusters = 2, Dim = 4, Patches = 3, Train = 300, Test = 7, Scale = 1 },
        Small with { Clusters = 5, Dim = 33, Patches = 7, Train = 1500, Test = 300, Sigma = 0.25, Beta = new(3, 3) },
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sizes_are_the_specified_ones(DataSpec spec)
    {
        var data = ClusterData.Generate<float>(spec);
        foreach (var (samples, count) in new[] { (data.Train, spec.Train), (data.Test, spec.Test) })
        {
            samples.Count.ShouldBe(count);
            (samples.Patches, samples.Dim, samples.Clusters).ShouldBe((spec.Patches, spec.Dim, spec.Clusters));
            samples.Inputs.Length.ShouldBe(count * spec.Patches * spec.Dim);
            samples.PatchSums.Length.ShouldBe(count * spec.Dim);
            (samples.Labels.Length, samples.Cluster.Length).ShouldBe((count, count));
            samples.Labels.ShouldAllBe(label => label == 0 || label == 1);
            samples.Cluster.ShouldAllBe(cluster => cluster >= 0 && cluster < spec.Clusters);
        }
    }

    // Recovers what a sample was made of from its patches alone: the signals are orthonormal, so a signal patch lies wholly
    // along one of them, and noise does not.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_sample_is_made_as_the_paper_says(DataSpec spec)
    {
        var data = ClusterData.Generate<double>(spec);
        var signals = data.Signals!;
        foreach (var samples in new[] { data.Train, data.Test }.Where(set => set.Count > 100))
        {
            var (alphas, betas, gammas) = (new List<double>(), new List<double>(), new List<double>());
            var (noise, noisePatches) = (0.0, 0);
            var (flipped, positions) = (0, new int[spec.Patches]);
            for (var i = 0; i < samples.Count; i++)
            {
                var (features, centres, others) = (0, 0, 0);
                for (var p = 0; p < spec.Patches; p++)
                {
                    var patch = samples.Inputs.Span.Slice(((i * spec.Patches) + p) * spec.Dim, spec.Dim).ToArray();
                    var k = samples.Cluster[i];
                    if (Along(patch, signals.Feature, out var vector, out var strength))
                    {
                        if (vector == k)
                        {
                            features++;
                            positions[p]++;
                            alphas.Add(strength * ((2 * samples.Labels[i]) - 1) / spec.Scale);
                        }
                        else
                        {
                            others++;
                            flipped += strength < 0 ? 1 : 0;
                            gammas.Add(Math.Abs(strength) / spec.Scale);
                        }
                    }
                    else if (Along(patch, signals.Centre, out vector, out strength))
                    {
                        vector.ShouldBe(k);
                        centres++;
                        betas.Add(strength / spec.Scale);
                    }
                    else
                    {
                        noise += patch.Sum(x => x * x);
                        noisePatches++;
                    }
                }

                (features, centres, others).ShouldBe((1, 1, 1), $"sample {i}");
            }

            ShouldFill(alphas, spec.Alpha);
            ShouldFill(betas, spec.Beta);
            ShouldFill(gammas, spec.Gamma);
            noisePatches.ShouldBe(samples.Count * (spec.Patches - 3));
            var spread = 4 / Math.Sqrt(samples.Count);
            (flipped / (double)samples.Count).ShouldBe(0.5, spread / 2);
            positions.ShouldAllBe(count => Math.Abs((count / (double)samples.Count) - (1.0 / spec.Patches)) < spread / 2);
            if (noisePatches > 0) (noise / noisePatches).ShouldBe(spec.Sigma * spec.Sigma * spec.Scale * spec.Scale, spec.Sigma * spec.Sigma * spec.Scale * spec.Scale * 0.05);
        }
    }

    [Fact]
    public void Labels_clusters_and_pairs_of_clusters_are_even()
    {
        var data = ClusterData.Generate<double>(Small with { Train = 8000 });
        var cells = new int[2, 4];
        var pairs = new int[4, 4];
        for (var i = 0; i < 8000; i++)
        {
            var k = data.Train.Cluster[i];
            cells[data.Train.Labels[i], k]++;
            for (var p = 0; p < 4; p++)
            {
                if (Along(data.Train.Inputs.Span.Slice(((i * 4) + p) * 50, 50).ToArray(), data.Signals!.Feature, out var other, out _) && other != k) pairs[k, other]++;
            }
        }

        foreach (var count in cells) count.ShouldBeInRange(880, 1120);
        for (var k = 0; k < 4; k++)
        {
            for (var other = 0; other < 4; other++)
            {
                if (other != k) pairs[k, other].ShouldBeInRange(570, 770);
            }
        }
    }

    [Fact]
    public void Noise_is_normal_and_even_in_all_directions()
    {
        var spec = Small with { Patches = 5, Sigma = 2 };
        var data = ClusterData.Generate<double>(spec);
        var patches = data.Train.Inputs.ToArray().Chunk(50)
            .Where(patch => !Along(patch, data.Signals!.Feature, out _, out _) && !Along(patch, data.Signals!.Centre, out _, out _)).ToList();
        var deviation = 2 / Math.Sqrt(50) * 10;
        for (var k = 0; k < 50; k++) patches.Average(patch => patch[k] * patch[k]).ShouldBe(deviation * deviation, deviation * deviation * 0.12);
        patches.SelectMany(patch => patch).Average(x => Math.Pow(x / deviation, 4)).ShouldBe(3, 0.1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var (first, second) = (ClusterData.Generate<float>(Small), ClusterData.Generate<float>(Small));
        first.Train.Inputs.Span.ShouldHaveTheBitsOf<float>(second.Train.Inputs.Span, "training inputs");
        first.Test.Inputs.Span.ShouldHaveTheBitsOf<float>(second.Test.Inputs.Span, "test inputs");
        first.Train.Labels.ShouldBe(second.Train.Labels);
        first.Test.Cluster.ShouldBe(second.Test.Cluster);
    }

    [Fact]
    public void Seeds_and_sets_differ()
    {
        var (one, two) = (ClusterData.Generate<float>(Small), ClusterData.Generate<float>(Small with { Seed = 4 }));
        one.Train.Inputs.ToArray().Take(200).ShouldNotBe(one.Test.Inputs.ToArray().Take(200));
        one.Train.Labels.Take(1000).ShouldNotBe(one.Test.Labels);
        one.Train.Inputs.ToArray().Take(200).ShouldNotBe(two.Train.Inputs.ToArray().Take(200));
        one.Train.Labels.ShouldNotBe(two.Train.Labels);
    }

    [Fact]
    public void More_samples_leave_the_first_ones_as_they_are()
    {
        var (few, many) = (ClusterData.Generate<float>(Small with { Train = 100 }), ClusterData.Generate<float>(Small));
        few.Train.Inputs.Span.ShouldHaveTheBitsOf<float>(many.Train.Inputs.Span[..few.Train.Inputs.Length], "inputs");
    }

    [Fact]
    public void Floats_are_the_doubles_rounded_once()
    {
        var (floats, doubles) = (ClusterData.Generate<float>(Small), ClusterData.Generate<double>(Small));
        floats.Train.Inputs.Span.ShouldHaveTheBitsOf<float>(doubles.Train.Inputs.ToArray().Select(x => (float)x).ToArray(), "training inputs");
        floats.Test.Inputs.Span.ShouldHaveTheBitsOf<float>(doubles.Test.Inputs.ToArray().Select(x => (float)x).ToArray(), "test inputs");
        floats.Train.Labels.ShouldBe(doubles.Train.Labels);
    }

    private static bool Along(double[] patch, IReadOnlyList<double[]> vectors, out int vector, out double strength)
    {
        var length = Math.Sqrt(patch.Sum(x => x * x));
        for (vector = 0; vector < vectors.Count; vector++)
        {
            strength = patch.Zip(vectors[vector], (a, b) => a * b).Sum();
            if (Math.Abs(Math.Abs(strength) - length) < 1e-9 * length) return true;
        }

        strength = 0;
        return false;
    }

    private static void ShouldFill(List<double> values, UniformRange range)
    {
        var slack = (range.High - range.Low) * 0.05;
        values.Min().ShouldBeInRange(range.Low - 1e-9, range.Low + slack + 1e-9);
        values.Max().ShouldBeInRange(range.High - slack - 1e-9, range.High + 1e-9);
        values.Average().ShouldBe((range.Low + range.High) / 2, (slack * 40 / Math.Sqrt(values.Count)) + 1e-9);
    }
}
