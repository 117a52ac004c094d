using System.Collections.Concurrent;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>
/// Parsed and validated documents by their bytes. When half the capacity is full, it becomes the old half, and what the old half held is
/// forgotten unless it was used since: bounded, and without a lock on the way of a hit.
/// </summary>
internal sealed class DocumentCache<T>(int capacity)
    where T : class
{
    private ConcurrentDictionary<Key, T> _young = new();
    private ConcurrentDictionary<Key, T> _old = new();

    public int Count => _young.Count + _old.Count;

    public T GetOrAdd(byte[] document, Func<byte[], T> create)
    {
        var key = new Key(document);
        if (_young.TryGetValue(key, out var known))
            return known;
        if (!_old.TryGetValue(key, out known))
            known = create(document);
        if (_young.Count >= Math.Max(1, capacity / 2))
        {
            _old = _young;
            _young = new ConcurrentDictionary<Key, T>();
        }
        _young[key] = known;
        return known;
    }

    private readonly struct Key(byte[] bytes) : IEquatable<Key>
    {
        private readonly byte[] _bytes = bytes;
        private readonly int _hash = Hash(bytes);

        public bool Equals(Key other) => _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _hash;

        private static int Hash(byte[] bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
