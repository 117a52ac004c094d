using System.Text;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>The keys of streams: SipHash of the name, keyed by the log's identity.</summary>
internal sealed class StreamHasher
{
    private const int StackBytes = 512;

    private readonly SipHash hash;

    public StreamHasher(Guid identity)
    {
        Span<byte> key = stackalloc byte[16];
        identity.TryWriteBytes(key, bigEndian: true, out _);
        hash = new SipHash(key);
    }

    public StreamKey Of(string stream)
    {
        Span<byte> utf8 = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(stream, utf8, out var length) ? Of(utf8[..length]) : Of(Encoding.UTF8.GetBytes(stream));
    }

    public StreamKey Of(ReadOnlySpan<byte> utf8)
    {
        var (first, last) = hash.Of(utf8);
        return new StreamKey(first, last);
    }
}
