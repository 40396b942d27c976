using CsCheck;
using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Compute.Tests.Reduction;

public sealed class FixedOrderSumTests
{
    private static readonly Gen<float[]> Values = Gen.Select(Gen.Int[0, 200], Gen.Int).Select((length, seed) =>
    {
        var random = new Random(seed);
        return Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-30, 30)))).ToArray();
    });

    [Fact]
    public void Vectors_give_the_bits_of_the_reference() => Values.Sample(
        values => FixedOrderSum.Squares<float>(values).ShouldHaveTheBitsOf(FixedOrderSum.SquaresReference<float>(values), $"{values.Length} elements"),
        iter: 5000, threads: 1);

    [Fact]
    public void Doubles_of_the_same_values_give_the_same_sum() => Values.Sample(
        values => FixedOrderSum.Squares<double>(values.Select(value => (double)value).ToArray()).ShouldHaveTheBitsOf(FixedOrderSum.Squares<float>(values), "sum"),
        iter: 500, threads: 1);

    // Zeros appended, as the padding of a tensor, change no bit.
    [Fact]
    public void Lane_l_takes_the_elements_l_modulo_16_and_lanes_are_added_in_halves() => Values.Sample(
        values =>
        {
            var lanes = new double[16];
            foreach (var (i, value) in values.Index()) lanes[i % 16] = Math.FusedMultiplyAdd(value, value, lanes[i % 16]);
            var eight = Enumerable.Range(0, 8).Select(l => lanes[l] + lanes[l + 8]).ToArray();
            var four = Enumerable.Range(0, 4).Select(l => eight[l] + eight[l + 4]).ToArray();
            FixedOrderSum.Squares<float>([.. values, .. new float[5]]).ShouldHaveTheBitsOf((four[0] + four[2]) + (four[1] + four[3]), "sum");
        },
        iter: 1000, threads: 1);
}
