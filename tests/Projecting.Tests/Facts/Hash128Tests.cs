using System.Buffers.Binary;
using System.Text;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.Tests.Facts;

public sealed class Hash128Tests
{
    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("hello", "cbd8a7b341bd9b025b1e906a48ae1d19")]
    [InlineData("hello, world", "342fac623a5ebc8e4cdcbc079642414d")]
    [InlineData("19 Jan 2038 at 3:14:07 AM", "b89e5988b737affc664fc2950231b2cb")]
    [InlineData("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347")]
    public void Known_texts_have_their_known_hashes(string text, string expected) =>
        Assert.Equal(expected, Hash128.Of(Encoding.UTF8.GetBytes(text)).ToString("x32", null));

    [Fact]
    public void It_is_MurmurHash3_for_every_length_and_seed_by_the_published_verification_value()
    {
        var keys = new byte[256];
        var hashes = new byte[256 * 16];
        for (var i = 0; i < 256; i++)
        {
            keys[i] = (byte)i;
            Write(Hash128.Of(keys.AsSpan(0, i), (ulong)(256 - i)), hashes.AsSpan(i * 16));
        }
        var last = new byte[16];
        Write(Hash128.Of(hashes), last);
        Assert.Equal(0x6384BA69u, BinaryPrimitives.ReadUInt32LittleEndian(last));
    }

    private static void Write(UInt128 hash, Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, (ulong)(hash >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], (ulong)hash);
    }
}
