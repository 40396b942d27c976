using MoeOrleans.Compute.Data;

namespace MoeOrleans.Compute.Tests.Data;

public sealed class SignalsTests
{
    [Theory]
    [InlineData(4, 50)]
    [InlineData(2, 4)]
    [InlineData(7, 14)]
    [InlineData(3, 100)]
    public void Signals_are_orthonormal(int clusters, int dim)
    {
        var signals = Signals.Draw(5, clusters, dim);
        signals.Feature.Count.ShouldBe(clusters);
        signals.Centre.Count.ShouldBe(clusters);
        var all = signals.Feature.Concat(signals.Centre).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            all[i].Length.ShouldBe(dim);
            for (var j = 0; j < all.Length; j++) all[i].Zip(all[j], (a, b) => a * b).Sum().ShouldBe(i == j ? 1 : 0, 1e-12);
        }
    }

    // Many vectors in few dimensions: one pass of the process alone would be off by some 1e-14.
    [Fact]
    public void Signals_are_orthonormal_to_the_last_digit_even_where_they_fill_the_space()
    {
        var signals = Signals.Draw(5, 32, 64);
        var all = signals.Feature.Concat(signals.Centre).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            for (var j = 0; j < all.Length; j++) all[i].Zip(all[j], (a, b) => a * b).Sum().ShouldBe(i == j ? 1 : 0, 2e-15);
        }
    }

    [Fact]
    public void Another_seed_gives_other_signals() =>
        Signals.Draw(1, 4, 50).Feature[0].ShouldNotBe(Signals.Draw(2, 4, 50).Feature[0]);

    [Fact]
    public void Too_few_dimensions_are_refused() =>
        Should.Throw<ArgumentException>(() => Signals.Draw(1, 4, 7)).Message.ShouldStartWith("8 orthonormal vectors do not fit in 7 dimensions.");
}
