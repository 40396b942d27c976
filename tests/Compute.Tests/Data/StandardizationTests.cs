using MoeOrleans.Compute.Data;
using MoeOrleans.Compute.Formats;
using MoeOrleans.Compute.Specification;
using MoeOrleans.Compute.Tests.Training;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class StandardizationTests
{
    // Three samples of 2 x 2: numbers 0, 10 and 20; a constant; -1, 0 and 4; 1e30, 0 and 0.
    private static readonly float[] s_train = [0, 0.1f, -1, 1e30f, 10, 0.1f, 0, 0, 20, 0.1f, 4, 0];

    [Fact]
    public void Each_number_has_its_own_mean_and_deviation_and_a_constant_becomes_0()
    {
        var train = Of(s_train);
        var statistics = Standardization.Of(train);

        statistics.Mean.ShouldBe([10, 0.1f, 1, (float)(1e30f / 3.0)]);
        statistics.Deviation.ShouldBe([(float)Math.Sqrt(200 / 3.0), 1, (float)Math.Sqrt(14 / 3.0), (float)Math.Sqrt(2 / 9.0 * 1e30f * 1e30f)], 1e-7 * 1e30);
        statistics.Deviation[..3].ShouldBe([(float)Math.Sqrt(200 / 3.0), 1, (float)Math.Sqrt(14 / 3.0)]);
        var standardized = statistics.Apply(train, "data");
        for (var k = 0; k < 4; k++)
        {
            var column = Enumerable.Range(0, 3).Select(i => (double)standardized.Inputs.Span[(i * 4) + k]).ToArray();
            column.Average().ShouldBe(0, 1e-6);
            column.Average(value => value * value).ShouldBe(k == 1 ? 0 : 1, 1e-6);
        }

        standardized.PatchSums[0].ShouldBe(standardized.Inputs.Span[0] + standardized.Inputs.Span[2]);
        var again = Standardization.FromValues(2, statistics.ToValues());
        again.Mean.ShouldBe(statistics.Mean);
        again.Deviation.ShouldBe(statistics.Deviation);
    }

    [Fact]
    public void A_mean_of_many_equal_numbers_is_exact()
    {
        var statistics = Standardization.Of(new Samples<float>(1, 1, 1, Enumerable.Repeat(0.1f, 100_000).ToArray(), new int[100_000], new int[100_000]));
        (statistics.Mean[0], statistics.Deviation[0]).ShouldBe((0.1f, 1));
    }

    [Fact]
    public void A_standardized_number_that_is_not_finite_is_refused_with_its_place()
    {
        var statistics = new Standardization(2, [0, 0, 0, 0], [1, 1, 1e-30f, 1]);
        Should.Throw<DataFileException>(() => statistics.Apply(Of([0, 0, 0, 0, 0, 0, 1e20f, 0]), "x.npy")).Message.ShouldStartWith(
            "x.npy sample 1: numbers must be finite when standardized, got Infinity in patch 1, element 0, whose mean is 0 and whose deviation is 1.0000000031710769E-30 in training; ");
    }

    [Fact]
    public void Training_and_test_samples_are_standardized_by_the_training_samples()
    {
        using var folder = new DataFolder();
        foreach (var (set, factor) in new[] { ("train", 1f), ("test", 2f) })
        {
            NpyFile.Write<float>(folder.At($"{set}_x.npy"), [.. s_train.Select(value => factor * value)], 3, 2, 2);
            folder.Integers($"{set}_y.npy", [0, 1, 0]);
        }

        var spec = FileData.Read(folder.Path).Specification with { Standardize = true };
        var (train, test) = (Datasets.Load(spec).Train.Inputs.ToArray(), Datasets.Load(spec).Test.Inputs.ToArray());

        var deviation = Standardization.Of(spec).ShouldNotBeNull().Deviation[0];
        train[0].ShouldBe(-10 / deviation);
        test[0].ShouldBe(-10 / deviation);
        test[8].ShouldBe(30 / deviation);
        Datasets.Load(spec with { Standardize = false }).Train.Inputs.ToArray().ShouldBe(s_train);
        Standardization.Of(spec with { Standardize = false }).ShouldBeNull();
    }

    [Fact]
    public void Only_a_specification_that_standardizes_says_so_and_has_another_hash()
    {
        var plain = SmallRuns.Reference with { Data = new DataSpec { Source = DataSource.Files, Path = "data", Sha256 = new('0', 64), Clusters = 3, Dim = 20, Train = 150, Test = 100 } };
        var standardized = plain with { Data = plain.Data with { Standardize = true } };
        RunSpecJson.Write(plain).ShouldNotContain("standardize");
        RunSpecJson.Parse(RunSpecJson.Write(standardized), "spec").Data.Standardize.ShouldBeTrue();
        SpecHash.Of(standardized).ShouldNotBe(SpecHash.Of(plain));
        Should.Throw<SpecificationException>(() => new SpecificationBuilder().Set("data.standardize", "true", "--standardize").Build())
            .Message.ShouldStartWith("--standardize: data.standardize must be false where data.source is clusters");
    }

    private static Samples<float> Of(float[] inputs) => new(2, 2, 1, inputs, new int[inputs.Length / 4], new int[inputs.Length / 4]);
}
