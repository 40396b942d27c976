using Xunit.Sdk;
using Xunit.v3;

// Each test has several silos of its own, and a cluster takes a silo that answers too late for dead.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(MoeOrleans.Cluster.Tests.RedisServer))]
[assembly: AssemblyFixture(typeof(MoeOrleans.Cluster.Tests.OneProcess))]
