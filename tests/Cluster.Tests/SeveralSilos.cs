[assembly: AssemblyFixture(typeof(MoeOrleans.Cluster.Tests.RedisServer))]
[assembly: AssemblyFixture(typeof(MoeOrleans.Cluster.Tests.OneProcess))]

namespace MoeOrleans.Cluster.Tests;

/// <summary>
/// The classes whose tests start several silos run one after another: on a machine with few cores, a silo that answers a probe too late
/// is declared dead. Tests of a single silo, most of which wait, run next to them.
/// </summary>
internal static class SeveralSilos
{
    /// <summary>The name of their collection.</summary>
    public const string Collection = "several silo processes";
}
