using System.IO.Compression;
using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class SharedDataTests
{
    [SharedDataTheory]
    [InlineData("cdnow.ndjson.gz", 69_659)]
    [InlineData("ecom.ndjson.gz", 31_106)]
    [InlineData("snowplow_ecommerce.ndjson.gz", 422)]
    public async Task Every_message_of_the_real_streams_is_taken(string file, int messages)
    {
        await using var door = await Door.OpenAsync();
        door.Clock.Now = Instant.Parse("2026-01-01T00:00:00Z");
        await using var packed = File.OpenRead(Path.Combine(SharedDataTheoryAttribute.Directory, file));
        await using var lines = new GZipStream(packed, CompressionMode.Decompress);

        var report = await door.Importer.ImportAsync(door.Shop, lines, null, CancellationToken.None);

        Assert.Equal((null, messages, messages, 0), (report.Failure, report.Lines, report.Accepted, report.Rejected));
        Assert.Equal(messages, door.Stored().Count);
    }

    /// <summary>A theory on the shared data, which lie beside the repository; without them it is reported as skipped.</summary>
    private sealed class SharedDataTheoryAttribute : TheoryAttribute
    {
        public SharedDataTheoryAttribute()
        {
            if (!System.IO.Directory.Exists(Directory)) Skip = $"The shared data are missing: {Directory}";
        }

        public static string Directory { get; } = Find();

        // Beside the repository's root; a second work tree lies one level deeper.
        private static string Find([CallerFilePath] string path = "")
        {
            var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
            string[] places = [Path.Combine(root, "..", "shared", "data"), Path.Combine(root, "..", "..", "shared", "data")];
            return Path.GetFullPath(places.FirstOrDefault(System.IO.Directory.Exists) ?? places[0]);
        }
    }
}
