using System.Numerics.Tensors;
using MoeOrleans.Compute.Parameters;
using MoeOrleans.Compute.Specification;

namespace MoeOrleans.Compute.Data;

/// <summary>
/// Mean and deviation of each number of a sample over the training set. A standardized number is (x - mean) / deviation in float32, so
/// that exported models compute the same bits.
/// </summary>
/// <param name="Dim">Patch length d.</param>
/// <param name="Mean">Mean of each number, patches x dim.</param>
/// <param name="Deviation">Population deviation of each number, patches x dim; 1 for a number that is the same in all training samples.</param>
internal sealed record Standardization(int Dim, float[] Mean, float[] Deviation)
{
    /// <summary>Name of the tensor of <see cref="Mean"/> in a weights file.</summary>
    public const string MeanName = "input.mean";

    /// <summary>Name of the tensor of <see cref="Deviation"/> in a weights file.</summary>
    public const string DeviationName = "input.deviation";

    /// <summary>The statistics in their form in files, patches x dim.</summary>
    public IEnumerable<NamedTensor<float>> Tensors => [new(MeanName, [Mean.Length / Dim, Dim], Mean), new(DeviationName, [Mean.Length / Dim, Dim], Deviation)];

    /// <summary>Reads the training set of a specification and computes its statistics; null if the specification does not standardize.</summary>
    /// <param name="spec">The specification's data.</param>
    /// <exception cref="DataFileException">The files are not valid, or do not match the specification.</exception>
    public static Standardization? Of(DataSpec spec) => spec.Standardize ? Of(FileData.Read(spec).Train) : null;

    /// <summary>Computes the statistics in double, each sum in the order of the samples: the same bits everywhere.</summary>
    /// <param name="train">The training samples.</param>
    public static Standardization Of(Samples<float> train)
    {
        var width = train.Patches * train.Dim;
        var (means, squares) = (new double[width], new double[width]);
        for (var i = 0; i < train.Count; i++)
        {
            var sample = Sample(train, i);
            for (var k = 0; k < width; k++) means[k] += sample[k];
        }

        for (var k = 0; k < width; k++) means[k] /= train.Count;
        for (var i = 0; i < train.Count; i++)
        {
            var sample = Sample(train, i);
            for (var k = 0; k < width; k++)
            {
                var difference = sample[k] - means[k];
                squares[k] += difference * difference;
            }
        }

        return new Standardization(train.Dim, Array.ConvertAll(means, mean => (float)mean), Array.ConvertAll(squares, square => Deviation(square / train.Count)));

        // The sum of equal numbers is exact in double, so the variance of a constant is 0.
        static float Deviation(double variance) => (float)Math.Sqrt(variance) is > 0 and var deviation ? deviation : 1;
    }

    /// <summary>The statistics as numbers in a row, means first.</summary>
    /// <param name="dim">Patch length d.</param>
    /// <param name="values">The numbers.</param>
    public static Standardization FromValues(int dim, float[] values) => new(dim, values[..(values.Length / 2)], values[(values.Length / 2)..]);

    /// <summary>The numbers that <see cref="FromValues"/> reads.</summary>
    public float[] ToValues() => [.. Mean, .. Deviation];

    /// <summary>Standardizes training, test and validation samples.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="place">Where they are from: errors begin with it.</param>
    /// <exception cref="DataFileException">A standardized number is not finite.</exception>
    public Dataset<float> Apply(Dataset<float> data, string place) =>
        data with
        {
            Train = Apply(data.Train, $"{place}: training"),
            Test = Apply(data.Test, $"{place}: test"),
            Validation = data.Validation is { } validation ? Apply(validation, $"{place}: validation") : null,
        };

    /// <summary>Standardizes samples.</summary>
    /// <param name="samples">Samples of the size of the training samples.</param>
    /// <param name="place">Where they are from: errors begin with it.</param>
    /// <exception cref="DataFileException">A standardized number is not finite.</exception>
    public Samples<float> Apply(Samples<float> samples, string place)
    {
        var width = Mean.Length;
        var inputs = new float[samples.Inputs.Length];
        for (var i = 0; i < samples.Count; i++)
        {
            var row = inputs.AsSpan(i * width, width);
            TensorPrimitives.Subtract(Sample(samples, i), Mean, row);
            TensorPrimitives.Divide(row, Deviation, row);
            if (row.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var bad)
            {
                throw new DataFileException(
                    $"{place} sample {i}: numbers must be finite when standardized, got {SpecField.Format((double)row[bad])} in patch {bad / samples.Dim}, element {bad % samples.Dim}, whose mean is {SpecField.Format((double)Mean[bad])} and whose deviation is {SpecField.Format((double)Deviation[bad])} in training; leave the sample out, or train without --standardize");
            }
        }

        return new Samples<float>(samples.Patches, samples.Dim, samples.Clusters, inputs, samples.Labels, samples.Cluster);
    }

    private static ReadOnlySpan<float> Sample(Samples<float> samples, int index)
    {
        var width = samples.Patches * samples.Dim;
        return samples.Inputs.Span.Slice(index * width, width);
    }
}
