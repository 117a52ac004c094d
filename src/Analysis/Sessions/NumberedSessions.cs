using System.Numerics;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// The sessions of a person that the sender numbered, in the order in which they began. Some persons have thousands, all of them kept, so a session is a place in an
/// array and its id some bytes in another: no objects of their own.
/// </summary>
internal sealed class NumberedSessions
{
    /// <summary>The place of no session.</summary>
    public const int None = -1;

    private const int SessionsWithoutIndex = 16;
    private const int FirstSessions = 2;
    private const int OrderOnStack = 128;

    private SessionSoFar[] sessions = [];

    // UTF-8, one behind the other.
    private byte[] ids = [];

    // Open addressing: one more than a session's place, 0 = free; at most half of it is taken.
    private int[]? index;
    private int count;

    /// <summary>The session at a place; good until the next one is added.</summary>
    public ref SessionSoFar At(int place) => ref sessions[place];

    /// <summary>The place of the session of an id, <see cref="None"/> if there is none.</summary>
    public int Find(ReadOnlySpan<byte> id)
    {
        // Mostly it is the newest.
        if (count > 0 && IdOf(count - 1).SequenceEqual(id)) return count - 1;
        if (index is not null) return index[SlotOf(id)] - 1;
        for (var place = count - 2; place >= 0; place--) if (IdOf(place).SequenceEqual(id)) return place;
        return None;
    }

    /// <summary>Adds a session of an id that has none.</summary>
    /// <returns>Its place.</returns>
    public int Add(ReadOnlySpan<byte> id, SessionSoFar session)
    {
        var begin = count == 0 ? 0 : sessions[count - 1].IdEnd;
        session.IdEnd = begin + id.Length;
        if (session.IdEnd > ids.Length) Array.Resize(ref ids, session.IdEnd + (begin / 2));
        if (count == sessions.Length) Array.Resize(ref sessions, Math.Max(FirstSessions, count + (count / 2)));
        id.CopyTo(ids.AsSpan(begin));
        sessions[count++] = session;
        if (index is not null && 2 * count <= index.Length) index[SlotOf(id)] = count;
        else if (count > SessionsWithoutIndex) MakeIndex();
        return count - 1;
    }

    /// <summary>Writes how many there are, and each with its id, by id.</summary>
    public void Write(StateWriter writer)
    {
        var order = count <= OrderOnStack ? stackalloc int[count] : new int[count];
        for (var place = 0; place < count; place++) order[place] = place;
        order.Sort(CompareIds);
        writer.Int64(count);
        foreach (var place in order)
        {
            writer.Bytes(IdOf(place));
            sessions[place].Write(writer);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote behind the number of sessions.</summary>
    public static NumberedSessions Read(ref StateReader reader, int count)
    {
        var read = new NumberedSessions { sessions = new SessionSoFar[count] };
        for (; count > 0; count--) read.Add(reader.Bytes(), SessionSoFar.Read(ref reader));
        return read;
    }

    private ReadOnlySpan<byte> IdOf(int place)
    {
        var begin = place == 0 ? 0 : sessions[place - 1].IdEnd;
        return ids.AsSpan(begin, sessions[place].IdEnd - begin);
    }

    // The slot of the id's session, or the free one that a session of it would take.
    private int SlotOf(ReadOnlySpan<byte> id)
    {
        var hash = default(HashCode);
        hash.AddBytes(id);
        var slot = hash.ToHashCode() & (index!.Length - 1);
        while (index[slot] != 0 && !IdOf(index[slot] - 1).SequenceEqual(id)) slot = (slot + 1) & (index.Length - 1);
        return slot;
    }

    private void MakeIndex()
    {
        index = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(3 * count))];
        for (var place = 0; place < count; place++) index[SlotOf(IdOf(place))] = place + 1;
    }

    private int CompareIds(int left, int right) => CompareAsUtf16(IdOf(left), IdOf(right));

    // The stored form orders ids as .NET's ordinal comparison orders strings. That is the order of their UTF-8, but for what UTF-16 writes as two surrogates:
    // its first byte is F0 or more, and it comes before U+E000, whose first byte is EE.
    private static int CompareAsUtf16(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length - right.Length;
        var (one, other) = (left[same], right[same]);
        if (one >= 0xF0 && other is (0xEE or 0xEF)) return -1;
        if (other >= 0xF0 && one is (0xEE or 0xEF)) return 1;
        return one - other;
    }
}
