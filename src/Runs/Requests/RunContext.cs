namespace MoeOrleans.Runs.Requests;

/// <summary>What a grain must know of the run it works for.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Specification">The run specification as JSON; a silo parses it once for a run.</param>
/// <param name="Dispatch">How samples travel.</param>
[GenerateSerializer, Immutable, Alias("moe.RunContext.v1")]
internal sealed record RunContext(
    [property: Id(0)] string RunId,
    [property: Id(1)] string Specification,
    [property: Id(2)] DispatchMode Dispatch = DispatchMode.Reference);
