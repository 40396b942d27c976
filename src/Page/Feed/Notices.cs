using System.Collections.Immutable;
using MoeOrleans.Coordinator.Telemetry;
using MoeOrleans.Grains.Silos;

namespace MoeOrleans.Page.Feed;

/// <summary>Tells what has happened from what was before and what is now.</summary>
/// <param name="time">The clock.</param>
internal sealed class Notices(TimeProvider time)
{
    /// <summary>The most notices that are kept.</summary>
    public const int Kept = 50;

    private ImmutableArray<Notice> _all = [];

    /// <summary>The notices so far.</summary>
    public NoticesMessage Message { get; private set; } = new([]);

    /// <summary>Compares the silos of a cluster.</summary>
    /// <param name="before">The silos before.</param>
    /// <param name="now">The silos now.</param>
    public void Compare(IReadOnlyList<SiloDescription> before, IReadOnlyList<SiloDescription> now)
    {
        foreach (var silo in now)
        {
            var old = before.FirstOrDefault(other => other.Name == silo.Name);
            if (old is null) Add("silo", $"{silo.Name} has joined");
            else if (old.ProcessId != silo.ProcessId || old.Endpoint != silo.Endpoint) Add("silo", $"{silo.Name} is another process now");
            else if (silo.IsDraining && !old.IsDraining) Add("silo", $"{silo.Name} is about to leave: its experts and routers move");
        }

        foreach (var silo in before.Where(silo => now.All(other => other.Name != silo.Name)))
            Add("silo", silo.IsDraining ? $"{silo.Name} has left" : $"{silo.Name} was lost");
    }

    /// <summary>Compares the state of a run.</summary>
    /// <param name="before">The run before; null if another one was shown.</param>
    /// <param name="now">The run now.</param>
    public void Compare(RunMessage? before, RunMessage now)
    {
        if (now.Id is null || now.Phase == before?.Phase) return;
        var text = now.Phase switch
        {
            "preparing" => "is prepared",
            "training" => $"trains, at step {now.Step}",
            "evaluating" => $"is evaluated, after {now.Step} steps",
            "done" => $"is done, after {now.Step} steps",
            "failed" => $"failed: {now.Error}",
            "stopped" => "was stopped",
            _ => "waits in the queue",
        };
        Add("run", $"Run {now.Id} {text}");
    }

    /// <summary>Compares what the steps of a run do.</summary>
    /// <param name="before">Before.</param>
    /// <param name="now">Now.</param>
    public void Compare(DispatchStatus before, DispatchStatus now)
    {
        if (now.Restarts > before.Restarts) Add("restart", $"The run has gone back to step 0 (restart {now.Restarts}){(before.Step < 0 ? "" : $"; it had done step {before.Step}")}");
        if (now.Silo != before.Silo) Add("move", $"The coordinator has moved from {before.Silo} to {now.Silo}");
        Moves("Expert", before.Assignment.Experts, now.Assignment.Experts);
        Moves("Router", before.Assignment.Routers, now.Assignment.Routers);
    }

    private void Moves(string what, ImmutableArray<string> before, ImmutableArray<string> now)
    {
        // One line for all that moved between the same silos.
        var moves = Enumerable.Range(0, Math.Min(before.Length, now.Length)).Where(i => before[i] != now[i]).GroupBy(i => (From: before[i], To: now[i]));
        foreach (var move in moves)
        {
            var several = move.Count() > 1;
            Add("move", $"{what}{(several ? "s" : "")} {string.Join(", ", move)} {(several ? "have" : "has")} moved from {move.Key.From} to {move.Key.To}");
        }
    }

    private void Add(string kind, string text)
    {
        _all = _all.Add(new Notice(time.GetUtcNow(), kind, text));
        if (_all.Length > Kept) _all = _all.RemoveAt(0);
        Message = new NoticesMessage(_all);
    }
}
