namespace MoeOrleans.Hosting.Silos;

/// <summary>How a silo writes its log.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text = 0,

    /// <summary>A JSON object a line.</summary>
    Json = 1,
}
