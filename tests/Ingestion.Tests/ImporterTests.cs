using System.Globalization;
using System.IO.Compression;
using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class ImporterTests : IAsyncLifetime
{
    private Door door = null!;

    public async Task InitializeAsync() => door = await Door.OpenAsync();

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Fact]
    public async Task Good_lines_are_taken_and_bad_ones_reported_with_their_numbers()
    {
        var report = await ImportAsync("""
            {"type":"track","event":"a","userId":"1","messageId":"m1","timestamp":"2001-01-01T00:00:00Z"}

            no json
            {"type":"track","userId":"1","messageId":"m2"}
            {"type":"track","event":"b","userId":"1","messageId":"m3","timestamp":"2002-01-01T00:00:00Z"}
            {"type":"track","event":"b","userId":"1","messageId":"m3","timestamp":"2002-01-01T00:00:00Z"}
            """);

        Assert.Equal((5, 2, 1, 2), (report.Lines, report.Accepted, report.Repeated, report.Rejected));
        Assert.Equal([(3, "MALFORMED_JSON"), (4, "NAME_MISSING")], report.Examples.Select(example => ((int)example.Line, example.Reasons[0].Code)));
        Assert.Equal(new Dictionary<string, long> { ["MALFORMED_JSON"] = 1, ["NAME_MISSING"] = 1 }, report.RejectedByCode);
        Assert.Equal(door.Log.Events[^1].Position, report.Position);
        Assert.Equal([3, 4], door.Refused().Select(refused => refused.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Times_are_taken_as_given()
    {
        await ImportAsync("""{"type":"track","event":"a","userId":"1","timestamp":"2001-01-01T00:00:00Z","originalTimestamp":"2001-01-01T05:00:00Z","sentAt":"2001-01-02T00:00:00Z"}""");

        Assert.Equal(Instant.Parse("2001-01-01T00:00:00Z"), Assert.Single(door.Stored()).OccurredAt);
    }

    [Fact]
    public async Task Identical_lines_without_a_messageId_are_different_messages_and_the_same_ones_when_imported_again()
    {
        const string lines = """
            {"type":"track","event":"a","userId":"1"}
            {"type":"track","event":"a","userId":"1"}
            {"type":"track","event":"a","userId":"2"}
            """;

        await ImportAsync(lines);
        var first = door.Stored().Select(e => e.MessageId).ToArray();
        var again = await ImportAsync(lines);

        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal((0, 3), (again.Accepted, again.Repeated));
        Assert.Equal(first, door.Stored().Select(e => e.MessageId));
    }

    [Fact]
    public async Task The_order_of_the_file_holds_wherever_the_first_one_wins()
    {
        var random = new Random(5);
        var lines = Enumerable.Range(0, 20_000).Select(i => (random.Next(3), random.Next(50)) switch
        {
            (0, var user) => $$"""{"type":"identify","userId":"{{user}}","anonymousId":"dev","messageId":"{{i}}"}""",
            (1, var user) => $$$"""{"type":"track","event":"purchase_completed","userId":"{{{user}}}","messageId":"{{{i}}}","properties":{"order_id":"1","total":1}}""",
            (_, var user) => $$"""{"type":"track","event":"other","userId":"{{user}}","messageId":"{{i}}"}""",
        });

        var report = await ImportAsync(string.Join('\n', lines));

        Assert.Equal(20_000, report.Accepted);
        Assert.True(IsAscending(door.Stored().Where(e => e.Name != "other")));
        Assert.All(door.Stored().GroupBy(e => e.Customer), own => Assert.True(IsAscending(own)));
    }

    [Fact]
    public async Task Lines_may_be_cut_anywhere_by_the_stream()
    {
        var text = "\uFEFF" + string.Join("\r\n", Enumerable.Range(0, 300).Select(i => $$"""{"type":"track","event":"é{{i}}","userId":"1","messageId":"{{i}}"}""")) + "\r\n";

        var report = await door.Importer.ImportAsync(door.Shop, new Trickle(Encoding.UTF8.GetBytes(text)), null, CancellationToken.None);

        Assert.Equal((300, 300), (report.Lines, report.Accepted));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), report.Bytes);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"é{i}"), door.Stored().Select(e => e.Name));
    }

    [Fact]
    public async Task A_line_of_any_length_is_refused_alone_and_in_bounded_memory()
    {
        const string good = """{"type":"track","event":"a","userId":"1"}""";
        var large = Limits.MaxLineBytes * 40;

        var report = await ImportAsync($"{good}\n{new string('x', large)}\n{good}\n{new string('y', large)}");

        Assert.Equal((4, 2), (report.Lines, report.Accepted));
        Assert.Equal([(2, "EVENT_TOO_LARGE"), (4, "EVENT_TOO_LARGE")], report.Examples.Select(example => ((int)example.Line, example.Reasons[0].Code)));
    }

    [Fact]
    public async Task A_log_that_fails_for_a_while_is_waited_for_and_nothing_is_lost_or_taken_twice()
    {
        var appends = 0;
        door.Log.Interfere = append => append.Stream.StartsWith("customer-", StringComparison.Ordinal) && ++appends is 3 or 5 or 6 ? new AppendResult.Failed("busy") : null;
        var lines = Enumerable.Range(0, 50).Select(i => $$"""{"type":"identify","userId":"{{i % 7}}","anonymousId":"dev","messageId":"{{i}}"}""");

        var report = await ImportAsync(string.Join('\n', lines));

        Assert.Null(report.Failure);
        Assert.Equal(50, report.Accepted);
        Assert.Equal(Enumerable.Range(0, 50), door.Stored().Select(e => int.Parse(e.MessageId, CultureInfo.InvariantCulture)).Order());
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(int.MaxValue, "away")]
    public async Task A_log_that_is_away_when_the_import_begins_is_waited_for_and_told_if_it_stays_away(int failures, string? told)
    {
        var asked = 0;
        door.Log.InterfereWithHead = () => { if (++asked <= failures) throw new InvalidOperationException("away"); };

        var report = await ImportAsync("""{"type":"track","event":"e","userId":"1"}""");

        Assert.Equal((told is null ? 1 : 0, told is null), (report.Accepted, report.Failure is null));
        if (told is not null) Assert.Contains(told, report.Failure, StringComparison.Ordinal);
        Assert.Equal(report.Accepted, door.Stored().Count);
    }

    [Fact]
    public async Task A_log_that_stays_away_stops_the_import_with_the_line_and_starting_again_is_safe()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 10).Select(i => $$"""{"type":"track","event":"e","userId":"{{i}}"}"""));
        var appends = 0;
        door.Log.Interfere = _ => ++appends > 4 ? new AppendResult.Failed("gone") : null;

        var stopped = await ImportAsync(lines);
        door.Log.Interfere = null;
        var again = await ImportAsync(lines);

        Assert.Contains("line 5", stopped.Failure, StringComparison.Ordinal);
        Assert.Contains("gone", stopped.Failure, StringComparison.Ordinal);
        Assert.Equal((6, 4, 10), (again.Accepted, again.Repeated, door.Stored().Count));
    }

    [Fact]
    public async Task A_broken_archive_is_told_and_what_came_before_stays()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes("""{"type":"track","event":"e","userId":"1"}""" + "\n"));
        packed.Write("rubbish"u8);
        packed.Position = 0;
        var bytes = packed.ToArray();
        bytes[^12] ^= 0x55;

        await using var unpacked = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var report = await door.Importer.ImportAsync(door.Shop, unpacked, null, CancellationToken.None);

        Assert.NotNull(report.Failure);
    }

    [Fact]
    public async Task Progress_is_told_after_every_batch()
    {
        var told = new List<long>();
        var lines = string.Join('\n', Enumerable.Range(0, Limits.ImportBatchLines * 3).Select(i => $$$"""{"type":"track","event":"e","userId":"{{{i % 9}}}","messageId":"{{{i}}}","properties":{"filler":"{{{new string('f', 2_000)}}}"}}"""));

        await door.Importer.ImportAsync(door.Shop, new MemoryStream(Encoding.UTF8.GetBytes(lines)), new Progress(told.Add), CancellationToken.None);

        Assert.True(told.Count > 1);
        Assert.Equal(Limits.ImportBatchLines * 3, told[^1]);
        Assert.Equal(told.Order(), told);
    }

    private Task<ImportReport> ImportAsync(string lines) => door.Importer.ImportAsync(door.Shop, new MemoryStream(Encoding.UTF8.GetBytes(lines)), null, CancellationToken.None);

    private static bool IsAscending(IEnumerable<AnalyticsEvent> events)
    {
        var numbers = events.Select(e => int.Parse(e.MessageId, CultureInfo.InvariantCulture)).ToArray();
        return numbers.SequenceEqual(numbers.Order());
    }

    private sealed class Progress(Action<long> tell) : IProgress<ImportReport>
    {
        public void Report(ImportReport value) => tell(value.Lines);
    }

    /// <summary>Gives one to seven bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly Random random = new(1);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 8))], cancellationToken);
    }
}
