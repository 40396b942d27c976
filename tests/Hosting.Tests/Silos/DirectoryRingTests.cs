using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MoeOrleans.Hosting.Silos;
using Orleans.Configuration;

namespace MoeOrleans.Hosting.Tests.Silos;

/// <summary>Silos agree which of them holds which part of the grain directory, whatever they receive.</summary>
public sealed class DirectoryRingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void A_hash_that_a_message_names_does_not_move_a_silo_in_the_ring(int partitions)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddMoeOrleans());
        using var host = builder.Build();
        var boundaries = host.Services.GetRequiredService<IOptions<GrainDirectoryOptions>>().Value.GetPartitionBoundaries;
        // Orleans has one instance of each address in a process, so each case has an address of its own.
        var address = SiloAddress.New(IPAddress.Loopback, 11111, partitions);
        var expected = boundaries(address, partitions);

        SetHash(address, 12345);

        address.GetConsistentHashCode().ShouldBe(12345);
        boundaries(address, partitions).ShouldBe(expected);
        expected.Distinct().Count().ShouldBe(partitions);
    }

    /// <summary>What Orleans does with the hash in the header of a message, to the one instance of that address.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "InternalSetConsistentHashCode")]
    private static extern void SetHash(SiloAddress address, int hash);
}
