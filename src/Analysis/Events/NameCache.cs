using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// Names of events repeat endlessly: each is made a string once, as long as it stays in its slot. Equal names are then mostly the same object, which makes
/// their comparison cheap too.
/// </summary>
public static class NameCache
{
    private const int Slots = 4096;
    private const int MaxBytes = 128;

    private static readonly Entry?[] Entries = new Entry?[Slots];

    /// <summary>The text the reader stands on; null if it stands on null.</summary>
    public static string? Get(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped ? reader.GetString() : Get(reader.ValueSpan);

    /// <summary>The text of these bytes.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes) return Encoding.UTF8.GetString(utf8);
        // Racing writers only replace one right entry by another.
        ref var slot = ref Entries[Hash(utf8) & (Slots - 1)];
        var found = slot;
        if (found is not null && utf8.SequenceEqual(found.Utf8)) return found.Text;
        var text = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, new Entry(utf8.ToArray(), text));
        return text;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = 2_166_136_261u;
        foreach (var b in utf8) hash = (hash ^ b) * 16_777_619u;
        return hash ^ (hash >> 15);
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
