namespace MoeOrleans.Runs.Requests;

/// <summary>How samples travel from router to expert.</summary>
public enum DispatchMode
{
    /// <summary>As indexes: every silo holds the data set.</summary>
    Reference = 0,

    /// <summary>As rows, if the expert is on another silo than the router: only silos with routers hold the data set.</summary>
    Payload = 1,
}
