namespace MoeOrleans.Silo;

/// <summary>Who started a silo's process, and so when it ends.</summary>
internal enum Launch
{
    /// <summary>A user or a supervisor: it ends when it is asked to.</summary>
    Standalone = 0,

    /// <summary>A program whose silo it is: it ends with it.</summary>
    Child = 1,

    /// <summary>A program that leaves it behind: closing that one's terminal does not end it.</summary>
    Detached = 2,
}
