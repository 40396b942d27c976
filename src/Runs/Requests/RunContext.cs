namespace MoeOrleans.Runs.Requests;

/// <summary>The run that a grain works for.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Specification">The run specification as JSON; a silo parses it once.</param>
/// <param name="Dispatch">How samples travel.</param>
[GenerateSerializer, Immutable, Alias("moe.RunContext.v1")]
internal sealed record RunContext(
    [property: Id(0)] string RunId,
    [property: Id(1)] string Specification,
    [property: Id(2)] DispatchMode Dispatch = DispatchMode.Reference);
