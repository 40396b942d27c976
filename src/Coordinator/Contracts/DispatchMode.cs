namespace MoeOrleans.Coordinator.Contracts;

/// <summary>How samples travel from router to expert.</summary>
public enum DispatchMode
{
    /// <summary>As indexes: every silo holds the data set.</summary>
    Reference = 0,
}
