namespace MoeOrleans.Silo.Configuration;

/// <summary>How a silo writes its log.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Text = 0,

    /// <summary>One JSON object a line.</summary>
    Json = 1,
}
