using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Experts;

/// <summary>A ledger's decision on a dispatch.</summary>
/// <typeparam name="TAnswer">The reply to the router.</typeparam>
/// <param name="Kind">The decision.</param>
/// <param name="Version">The expert's version.</param>
/// <param name="Ticket">The computation to do (<see cref="DispatchKind.Compute"/>) or to wait for (<see cref="DispatchKind.Pending"/>).</param>
/// <param name="Answer">The answer to repeat (<see cref="DispatchKind.Done"/>).</param>
internal readonly record struct DispatchDecision<TAnswer>(DispatchKind Kind, long Version, DispatchTicket Ticket, TAnswer? Answer);

/// <summary>What an expert does with a dispatch.</summary>
internal enum DispatchKind
{
    /// <summary>It is the first: compute, then complete or abandon the decision's ticket.</summary>
    Compute = 0,

    /// <summary>The same dispatch is being computed under the decision's ticket: wait for that.</summary>
    Pending = 1,

    /// <summary>The same dispatch was computed before: repeat the decision's answer.</summary>
    Done = 2,

    /// <summary>The dispatch is ahead of the expert, which lost commits or was never restored: it will have no weights for this step.</summary>
    Ahead = 3,

    /// <summary>The dispatch is behind the expert, which has committed this step already.</summary>
    Behind = 4,

    /// <summary>The dispatch is by payload, and some of its samples were not received: send them again.</summary>
    SamplesMissing = 5,

    /// <summary>The dispatch is of the next step, which is routed while this one is committed: dispatch it again once the expert's version has changed.</summary>
    Early = 6,
}

/// <summary>
/// One computation of an expert. Every computation of a ledger has its own number, so a result that comes after a commit, a
/// restore or a second attempt is recognised as late even if step and range are the same.
/// </summary>
/// <param name="Number">Counts the computations of the ledger, from 1.</param>
/// <param name="Step">The step.</param>
/// <param name="Range">The blocks.</param>
internal readonly record struct DispatchTicket(long Number, long Step, BlockRange Range);
