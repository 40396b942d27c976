namespace MoeOrleans.Grains.Messages;

/// <summary>Where the time of a router's dispatch to an expert went, in milliseconds.</summary>
/// <param name="Samples">Samples dispatched.</param>
/// <param name="Start">From the beginning of the route to the dispatch.</param>
/// <param name="Duration">From the dispatch to its answer.</param>
/// <param name="Expert">The expert's part.</param>
[GenerateSerializer, Immutable, Alias("moe.RoutedDispatch.v1")]
internal readonly record struct RoutedDispatch(
    [property: Id(0)] int Samples, [property: Id(1)] float Start, [property: Id(2)] float Duration, [property: Id(3)] DispatchTiming Expert);
