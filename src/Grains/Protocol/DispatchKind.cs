namespace MoeOrleans.Grains.Protocol;

/// <summary>What an expert does with a dispatch.</summary>
public enum DispatchKind
{
    /// <summary>It is the first: compute, then complete or abandon the decision's ticket.</summary>
    Compute,

    /// <summary>The same dispatch is being computed under the decision's ticket: wait for that.</summary>
    Pending,

    /// <summary>The same dispatch was computed before: repeat the decision's answer.</summary>
    Done,

    /// <summary>The dispatch is ahead of the expert, which lost commits or was never restored: it has no weights for this step.</summary>
    Ahead,

    /// <summary>The dispatch is behind the expert, which has committed this step already.</summary>
    Behind,
}
