namespace MoeOrleans.Hosting.Clusters;

/// <summary>A cluster, or the Redis that lists its silos, does not answer. It may still be starting.</summary>
/// <param name="message">The line.</param>
internal sealed class ClusterUnavailableException(string message) : ConfigurationException(message);
