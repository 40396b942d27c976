namespace MoeOrleans.Silo.Server;

/// <summary>Who started the process of a silo, which decides when the silo ends.</summary>
internal enum Launch
{
    /// <summary>A user or a supervisor: the silo ends when it gets a signal.</summary>
    Standalone = 0,

    /// <summary>A program that needs the silo: the silo ends with the program.</summary>
    Child = 1,

    /// <summary>A program that ends before the silo: closing the program's terminal does not end the silo.</summary>
    Detached = 2,
}
