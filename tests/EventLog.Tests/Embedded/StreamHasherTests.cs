using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

public sealed class StreamHasherTests
{
    private static readonly Guid Key = new([.. Enumerable.Range(0, 16).Select(i => (byte)i)], bigEndian: true);

    /// <summary>Test vectors of SipHash-2-4-128, key 00..0f, message 00..(n-1), as the authors publish them and <c>openssl mac SIPHASH</c> computes them.</summary>
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(8, "3b62a9ba6258f5610f83e264f31497b4")]
    [InlineData(15, "5493e99933b0a8117e08ec0f97cfc3d9")]
    [InlineData(45, "4a6d8091bf5e7d651189fa94a250b14c")]
    public void The_hash_is_SipHash_with_128_bits(int length, string expected)
    {
        var message = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var bytes = new byte[StreamKey.Bytes];
        new StreamHasher(Key).Of(message).Write(bytes);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
    }
}
