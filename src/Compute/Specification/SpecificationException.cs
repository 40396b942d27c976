namespace MoeOrleans.Compute.Specification;

/// <summary>A specification that cannot be run. The message is one line for the user: where, what is wrong, what is valid.</summary>
/// <param name="message">The line.</param>
public sealed class SpecificationException(string message) : Exception(message);
