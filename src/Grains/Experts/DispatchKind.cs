namespace MoeOrleans.Grains.Protocol;

/// <summary>What an expert does with a dispatch.</summary>
public enum DispatchKind
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

    /// <summary>The dispatch goes by payload, and not all of its samples are here: they have to be sent again.</summary>
    SamplesMissing = 5,

    /// <summary>The dispatch is of the next step, which is routed while this one is committed: dispatch it again once the expert's version has changed.</summary>
    Early = 6,
}
