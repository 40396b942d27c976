using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoeOrleans.Hosting.Processes;
using MoeOrleans.Silo.Configuration;
using MoeOrleans.Silo.Health;
using MoeOrleans.Silo.Server;

namespace MoeOrleans.Cluster.Tests.Health;

/// <summary>A silo whose entry in Redis is lost ends; one whose Redis does not answer goes on.</summary>
public sealed class OwnEntryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _exits = [];
    private Func<SiloStatus?> _entry = () => SiloStatus.Active;

    [Fact]
    public async Task A_silo_ends_when_Redis_answers_without_its_entry_three_times_in_a_row()
    {
        using var entry = Start();
        foreach (var missing in (bool[])[true, true, false, true, true])
        {
            _entry = () => missing ? null : SiloStatus.Active;
            await Check(entry, missing ? EntryState.Missing : EntryState.Listed);
        }

        _exits.ShouldBeEmpty();
        await Check(entry, EntryState.Missing);
        _exits.ShouldBe([SiloExitCode.LeftCluster]);
    }

    [Fact]
    public async Task A_silo_goes_on_while_Redis_does_not_answer()
    {
        using var entry = Start();
        _entry = () => throw new TimeoutException("no answer");
        for (var i = 0; i < 10; i++) await Check(entry, EntryState.NoAnswer);
        _entry = () => SiloStatus.Active;
        await Check(entry, EntryState.Listed);
        _exits.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_silo_that_is_listed_as_dead_ends()
    {
        using var entry = Start();
        _entry = () => SiloStatus.Dead;
        for (var i = 0; i < OwnEntry.MissingLimit; i++) await Check(entry, EntryState.Dead);
        _exits.ShouldBe([SiloExitCode.LeftCluster]);
    }

    [Fact]
    public async Task A_stop_while_Redis_does_not_answer_ends_after_seconds()
    {
        using var entry = Start();
        _entry = () => throw new TimeoutException("no answer");
        await new LeaveDeadline(entry, End(), _time).StopAsync(TestContext.Current.CancellationToken);
        _exits.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(3));
        await Wait.Until(() => "the silo does not end", () => Task.FromResult(_exits is [SiloExitCode.Done]));
    }

    [Theory]
    [InlineData(SiloStatus.Dead, SiloExitCode.LeftCluster)]
    [InlineData(SiloStatus.Active, SiloExitCode.Failure)]
    public void A_fatal_error_ends_the_silo_once(SiloStatus status, int code)
    {
        var errors = new FatalErrors(() => status, End());
        errors.OnFatalException(this, "I have been told I am dead", null);
        errors.OnFatalException(this, "again", null);
        _exits.ShouldBe([code]);
    }

    private SiloEnd End() => new(LogFormat.Text, [], _exits.Add);

    private OwnEntry Start() => new(() => Task.FromResult(_entry()), End(), _time, NullLogger<OwnEntry>.Instance);

    private static async Task Check(OwnEntry entry, EntryState expected)
    {
        await entry.Check();
        entry.State.ShouldBe(expected);
    }
}
