using System.Collections.Immutable;
using CsCheck;
using MoeOrleans.Coordinator.Assignment;

namespace MoeOrleans.Coordinator.Tests.Assignment;

/// <summary>Counts differ by at most one, and no spread with that property moves fewer grains.</summary>
public sealed class EvenSpreadTests
{
    private static readonly Gen<ImmutableArray<string>> s_silos =
        Gen.Char['a', 'h'].Array[1, 8].Select(names => names.Distinct().Select(name => name.ToString()).Order(StringComparer.Ordinal).ToImmutableArray());

    [Fact]
    public void The_first_spread_fills_the_silos_in_their_order() =>
        EvenSpread.Of(8, ["a", "b", "c"], []).ShouldBe(["a", "a", "a", "b", "b", "b", "c", "c"]);

    [Fact]
    public void A_silo_that_joins_gets_its_share_and_nothing_else_moves() =>
        EvenSpread.Of(5, ["a", "b", "c"], ["a", "a", "a", "b", "b"]).ShouldBe(["a", "a", "c", "b", "b"]);

    [Fact]
    public void What_was_on_a_silo_that_left_goes_to_the_others_and_nothing_else_moves() =>
        EvenSpread.Of(6, ["a", "c"], ["a", "b", "c", "a", "b", "c"]).ShouldBe(["a", "a", "c", "a", "c", "c"]);

    [Fact]
    public void Counts_differ_by_at_most_one() => Gen.Select(Gen.Int[0, 100], s_silos, s_silos).Sample((count, before, after) =>
    {
        var spread = EvenSpread.Of(count, after, EvenSpread.Of(count, before, []));
        spread.Length.ShouldBe(count);
        var counts = after.Select(silo => spread.Count(placed => placed == silo)).ToArray();
        counts.Sum().ShouldBe(count);
        (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
    });

    [Fact]
    public void As_few_grains_move_as_can_be_from_any_placement() =>
        Gen.Select(Gen.Char['a', 'd'].Select(name => name.ToString()).Array[1, 6], Gen.Char['a', 'd'].Array[1, 3]).Sample((before, names) =>
        {
            var silos = names.Distinct().Select(name => name.ToString()).Order(StringComparer.Ordinal).ToImmutableArray();
            var spread = EvenSpread.Of(before.Length, silos, [.. before]);
            Moves(before, [.. spread]).ShouldBe(All(before.Length, silos).Where(other => IsEven(other, silos)).Min(other => Moves(before, other)));
        });

    [Fact]
    public void The_same_silos_again_move_nothing() => Gen.Select(Gen.Int[0, 100], s_silos, s_silos).Sample((count, before, after) =>
    {
        var spread = EvenSpread.Of(count, after, EvenSpread.Of(count, before, []));
        EvenSpread.Of(count, after, spread).ShouldBe(spread);
    });

    [Fact]
    public void Without_silos_or_with_others_grains_there_is_no_spread()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => EvenSpread.Of(3, [], []));
        Should.Throw<ArgumentException>(() => EvenSpread.Of(3, ["a"], ["a"]));
    }

    private static int Moves(string[] before, string[] after) => before.Zip(after).Count(pair => pair.First != pair.Second);

    private static bool IsEven(string[] spread, ImmutableArray<string> silos)
    {
        var counts = silos.Select(silo => spread.Count(placed => placed == silo)).ToArray();
        return counts.Max() - counts.Min() <= 1;
    }

    private static IEnumerable<string[]> All(int count, ImmutableArray<string> silos) =>
        count == 0 ? [[]] : All(count - 1, silos).SelectMany(rest => silos.Select(silo => (string[])[.. rest, silo]));
}
