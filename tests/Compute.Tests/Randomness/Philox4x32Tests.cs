using System.Runtime.Intrinsics;
using MoeOrleans.Compute.Randomness;

namespace MoeOrleans.Compute.Tests.Randomness;

public sealed class Philox4x32Tests
{
    // The vectors "philox4x32 10" of kat_vectors in the authors' library Random123.
    [Theory]
    [InlineData(new[] { 0u, 0u, 0u, 0u }, new[] { 0u, 0u }, new[] { 0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u })]
    [InlineData(new[] { ~0u, ~0u, ~0u, ~0u }, new[] { ~0u, ~0u }, new[] { 0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu })]
    [InlineData(new[] { 0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u }, new[] { 0xA4093822u, 0x299F31D0u }, new[] { 0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u })]
    public void Published_vectors_come_out(uint[] counter, uint[] key, uint[] words) =>
        Philox4x32.Block(Block(counter), key[0] | ((ulong)key[1] << 32)).ShouldBe(Block(words));

    [Fact]
    public void Eight_counters_at_once_give_the_words_of_each()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var key = (ulong)random.NextInt64();
            // The upper halves of the lanes are to have no effect.
            var words = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 8).Select(_ => (ulong)random.NextInt64()).ToArray()).ToArray();
            var (c0, c1, c2, c3) = (Vector512.Create(words[0]), Vector512.Create(words[1]), Vector512.Create(words[2]), Vector512.Create(words[3]));
            Philox4x32.Block(ref c0, ref c1, ref c2, ref c3, key);
            for (var lane = 0; lane < 8; lane++)
            {
                new PhiloxBlock((uint)c0[lane], (uint)c1[lane], (uint)c2[lane], (uint)c3[lane]).ShouldBe(
                    Philox4x32.Block(new PhiloxBlock((uint)words[0][lane], (uint)words[1][lane], (uint)words[2][lane], (uint)words[3][lane]), key));
            }
        }
    }

    private static PhiloxBlock Block(uint[] words) => new(words[0], words[1], words[2], words[3]);
}
