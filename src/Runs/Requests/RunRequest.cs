namespace MoeOrleans.Runs.Requests;

/// <summary>A run to start.</summary>
/// <param name="Run">The run and its specification.</param>
/// <param name="Deployment">How it is spread.</param>
/// <param name="ProductsInterval">Steps between records of the products; 0 for none. It does not change a bit of the result.</param>
/// <param name="TracedShare">Share of the steps that are traced, 0 to 1, if a silo of the run exports traces.</param>
/// <param name="RoutingInterval">Steps between records of the routing; 0 for none.</param>
/// <param name="Name">The name that makes submitting idempotent; null for none.</param>
/// <param name="SpecHash">SHA-256 of the specification; a named run must have it.</param>
/// <param name="Standardization">
/// Mean and then deviation of each number of a sample, for the weights' file; null if inputs are not standardized. Silos compute them from the data.
/// </param>
[GenerateSerializer, Immutable, Alias("moe.RunRequest.v1")]
internal sealed record RunRequest(
    [property: Id(0)] RunContext Run, [property: Id(1)] Deployment Deployment, [property: Id(2)] int ProductsInterval = 0, [property: Id(3)] double TracedShare = 0,
    [property: Id(4)] int RoutingInterval = 0, [property: Id(5)] string? Name = null, [property: Id(6)] string? SpecHash = null, [property: Id(7)] float[]? Standardization = null);
