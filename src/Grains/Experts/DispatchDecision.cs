namespace MoeOrleans.Grains.Protocol;

/// <summary>A ledger's decision on a dispatch.</summary>
/// <typeparam name="TAnswer">What the router is answered.</typeparam>
/// <param name="Kind">The decision.</param>
/// <param name="Version">The expert's version.</param>
/// <param name="Ticket">The computation to do (<see cref="DispatchKind.Compute"/>) or to wait for (<see cref="DispatchKind.Pending"/>).</param>
/// <param name="Answer">The answer to repeat (<see cref="DispatchKind.Done"/>).</param>
public readonly record struct DispatchDecision<TAnswer>(DispatchKind Kind, long Version, DispatchTicket Ticket, TAnswer? Answer);
