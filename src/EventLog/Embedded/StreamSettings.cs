using System.Text.Json;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// What a stream's metadata and deletions say about it. Metadata are events of type <c>$metadata</c> in the stream <c>$$name</c>, as in
/// EventStoreDB.
/// </summary>
/// <param name="TruncateBefore">First revision still to be read; <see cref="long.MaxValue"/> = deleted, until something is appended.</param>
/// <param name="MaxCount">How many of the last events can be read; 0 = all.</param>
/// <param name="MaxAgeSeconds">How old an event may be to be read; 0 = any.</param>
/// <param name="Tombstoned">Deleted for good.</param>
internal sealed record StreamSettings(long TruncateBefore, long MaxCount, long MaxAgeSeconds, bool Tombstoned)
{
    public const string MetadataType = "$metadata";
    public const string TombstoneType = "$streamDeleted";
    public const string MetadataPrefix = "$$";

    public static StreamSettings None { get; } = new(0, 0, 0, false);

    public bool IsDeleted => TruncateBefore == long.MaxValue;

    /// <summary>Reads a metadata event's body. A body that is no JSON object means no settings, as on a real server.</summary>
    public static StreamSettings Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return None;
            return new StreamSettings(Number(document, "$tb"), Number(document, "$maxCount"), Number(document, "$maxAge"), false);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>The first revision that can be read of a stream that ends at <paramref name="last"/>.</summary>
    public long FirstVisible(long last) => MaxCount > 0 ? Math.Max(TruncateBefore, last - MaxCount + 1) : TruncateBefore;

    private static long Number(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? Math.Max(0, number) : 0;
}
