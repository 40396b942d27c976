using MoeOrleans.Compute.Reduction;

namespace MoeOrleans.Grains.Protocol;

/// <summary>
/// One computation an expert was told to do. No two computations of a ledger share a number, so a result that comes
/// after a commit, a restore or a second attempt is recognised as late even where step and range are the same.
/// </summary>
/// <param name="Number">Counts the computations of the ledger, from 1.</param>
/// <param name="Step">The step.</param>
/// <param name="Range">The blocks.</param>
public readonly record struct DispatchTicket(long Number, long Step, BlockRange Range);
