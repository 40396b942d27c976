using MoeOrleans.Compute.Randomness;

namespace MoeOrleans.Compute.Tests.Randomness;

public sealed class Philox4x32Tests
{
    // The vectors "philox4x32 10" of kat_vectors in the authors' library Random123.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu)]
    [InlineData(0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u, 0xA4093822u, 0x299F31D0u, 0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u)]
    public void Published_vectors_come_out(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Philox4x32.Block(new PhiloxBlock(c0, c1, c2, c3), k0 | ((ulong)k1 << 32)).ShouldBe(new PhiloxBlock(r0, r1, r2, r3));
}
