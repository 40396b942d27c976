using MoeOrleans.Coordinator.TakeOver;
using MoeOrleans.Grains.Experts;

namespace MoeOrleans.Coordinator.Tests.TakeOver;

public sealed class TakeOverProtocolTests
{
    private readonly TakeOverProtocol _takeOver = new(4, experts: 2, attemptLimit: 2);

    [Fact]
    public void The_next_generation_is_claimed_before_anything_else_and_restores_everyone()
    {
        _takeOver.ManifestRead(9).Accepted.ShouldBeFalse();
        var claim = _takeOver.Start().Commands.ShouldHaveSingleItem();
        (claim.Kind, claim.Generation).ShouldBe((TakeOverCommandKind.Claim, 5));
        _takeOver.Claimed(true).Commands.ShouldHaveSingleItem().Kind.ShouldBe(TakeOverCommandKind.ReadManifest);

        var restores = _takeOver.ManifestRead(9).Commands;
        restores.Select(c => (c.Expert, c.Generation, c.Version)).ShouldBe([(0, 5L, 9L), (1, 5L, 9L)]);
        _takeOver.RestoreReplied(restores[0], RestoreDecision.Restored).Commands.ShouldBeEmpty();
        _takeOver.RestoreReplied(restores[0], RestoreDecision.AlreadyRestored).Accepted.ShouldBeFalse();
        var begin = _takeOver.RestoreReplied(restores[1], RestoreDecision.AlreadyRestored).Commands.ShouldHaveSingleItem();
        (begin.Kind, begin.Version).ShouldBe((TakeOverCommandKind.Begin, 9));
    }

    [Fact]
    public void A_generation_that_exists_deposes()
    {
        _takeOver.Start();
        _takeOver.Claimed(false).Commands.ShouldHaveSingleItem().Kind.ShouldBe(TakeOverCommandKind.Deposed);
        _takeOver.Claimed(true).Accepted.ShouldBeFalse();
    }

    [Fact]
    public void A_refused_restore_deposes()
    {
        var restore = Restoring();
        _takeOver.RestoreReplied(restore, RestoreDecision.Refused).Commands.ShouldHaveSingleItem().Kind.ShouldBe(TakeOverCommandKind.Deposed);
    }

    [Fact]
    public void A_restore_is_tried_again_until_the_limit()
    {
        var restore = Restoring();
        var again = _takeOver.RestoreFailed(restore).Commands.ShouldHaveSingleItem();
        _takeOver.RestoreFailed(restore).Accepted.ShouldBeFalse();
        _takeOver.RestoreFailed(again).Commands.ShouldHaveSingleItem().Kind.ShouldBe(TakeOverCommandKind.GiveUp);
    }

    private TakeOverCommand Restoring()
    {
        _takeOver.Start();
        _takeOver.Claimed(true);
        return _takeOver.ManifestRead(0).Commands[0];
    }
}
