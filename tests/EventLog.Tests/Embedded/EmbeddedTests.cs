using System.Runtime.InteropServices;
using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

public sealed class EmbeddedTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private static CancellationToken Token => CancellationToken.None;

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Positions_are_counted_from_one_without_gaps()
    {
        await using var log = EmbeddedEventLog.Open(directory.Path);
        Assert.Null(await log.GetHeadAsync(Token));
        for (var i = 0; i < 20; i++) await log.AppendAsync("customer-" + (i % 3), ExpectedRevision.Any, Events.Many(7), Token);
        Assert.Equal(LogPosition.At(140), await log.GetHeadAsync(Token));
        var page = await log.ReadAllAsync(null, 1000, StreamFilter.ExcludeSystem, Token);
        Assert.Equal(Enumerable.Range(1, 140).Select(i => LogPosition.At(i)), page.Events.Select(e => e.Position));
    }

    [Fact]
    public async Task A_second_writer_is_told_who_holds_the_log()
    {
        await using (EmbeddedEventLog.Open(directory.Path))
        {
            var error = Assert.Throws<IOException>(() => EmbeddedEventLog.Open(directory.Path));
            Assert.Equal($"The log in {directory.Path} is in use by process {Environment.ProcessId}; stop it or use another Data__Directory.", error.Message);
        }
        await using var again = EmbeddedEventLog.Open(directory.Path);
    }

    [Fact]
    public async Task A_damaged_log_is_refused_in_a_sentence_and_lets_go_of_its_directory()
    {
        var file = Path.Combine(directory.Path, "log.db");
        var garbage = new byte[100_000];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(file, garbage, Token);
        Assert.Contains($"The log in {directory.Path} is damaged", Assert.Throws<IOException>(() => EmbeddedEventLog.Open(directory.Path)).Message, StringComparison.Ordinal);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(file, Token));
        File.Delete(file);
        await using var anew = EmbeddedEventLog.Open(directory.Path);
        Assert.Null(await anew.GetHeadAsync(Token));
    }

    [Fact]
    public async Task A_reader_follows_a_log_that_somebody_else_writes()
    {
        await using var writer = EmbeddedEventLog.Open(directory.Path);
        await writer.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(10), Token);
        await using var reader = EmbeddedEventLog.Open(directory.Path, new EmbeddedOptions { ReadOnly = true });
        Assert.Equal(await writer.GetIdentityAsync(Token), await reader.GetIdentityAsync(Token));
        Assert.Equal(10, (await reader.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token)).Events.Count);

        await writer.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(90), Token);
        await writer.AppendAsync("customer-b", ExpectedRevision.Any, Events.Many(1), Token);
        await writer.DeleteStreamAsync("customer-b", ExpectedRevision.Any, Token);

        Assert.Equal(100, (await reader.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token)).Events.Count);
        Assert.False((await reader.ReadStreamAsync("customer-b", ReadDirection.Forwards, null, 100, Token)).Exists);
        Assert.Equal(101, (await reader.ReadAllAsync(null, 1000, StreamFilter.ByPrefix("customer-"), Token)).Events.Count);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(1), Token));
        var live = ReadUntilAsync(reader, LogPosition.At(102), "live-", 5);
        for (var i = 0; i < 5; i++) await writer.AppendAsync("live-" + i, ExpectedRevision.Any, Events.Many(1), Token);
        Assert.Equal(["live-0", "live-1", "live-2", "live-3", "live-4"], (await live).Select(e => e.Stream));
    }

    [Fact]
    public async Task Memory_that_a_reader_gives_back_is_used_for_later_pages_and_no_other_is()
    {
        await using var log = EmbeddedEventLog.Open(directory.Path, new EmbeddedOptions { TailCacheBytes = 1 });
        for (var i = 0; i < 20; i++) await log.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(500), Token);
        var kept = await ReadAsync();
        var expected = Texts(kept);
        var given = await ReadAsync();
        var buffers = Buffers(given);
        given.Memory!.Dispose();
        given.Memory.Dispose();
        LogPage[] later = [await ReadAsync(), await ReadAsync()];

        Assert.True(buffers.Count > 10);
        Assert.Superset(buffers, Buffers(later[0]));
        Assert.Empty(Buffers(later[1]).Intersect(Buffers(later[0])));
        Assert.All([kept, .. later], page => Assert.Equal(expected, Texts(page)));

        ValueTask<LogPage> ReadAsync() => log.ReadAllAsync(null, 5_000, StreamFilter.ExcludeSystem, Token);
        static List<string> Texts(LogPage page) => [.. page.Events.Select(e => System.Text.Encoding.UTF8.GetString(e.Data.Span))];
        static HashSet<byte[]> Buffers(LogPage page) => [.. page.Events.Select(e => MemoryMarshal.TryGetArray(e.Data, out var bytes) ? bytes.Array! : [])
            .Where(array => array.Length == EmbeddedLimits.BlockBytes)];
    }

    [Fact]
    public void Opening_no_log_for_reading_says_so()
    {
        var error = Assert.Throws<FileNotFoundException>(() => EmbeddedEventLog.Open(directory.Path, new EmbeddedOptions { ReadOnly = true }));
        Assert.Contains("no log in " + directory.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_log_says_so()
    {
        var log = EmbeddedEventLog.Open(directory.Path);
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.ReadStreamAsync("a", ReadDirection.Forwards, null, 1, Token));
    }

    [Fact]
    public async Task A_stopped_log_is_one_file_that_can_be_copied()
    {
        await using (var log = EmbeddedEventLog.Open(directory.Path)) await log.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(10), Token);
        Assert.Equal(["log.db", "log.lock", "log.pid"], Directory.GetFiles(directory.Path).Select(Path.GetFileName).Order());
        using var copy = new TempDirectory();
        File.Copy(Path.Combine(directory.Path, "log.db"), Path.Combine(copy.Path, "log.db"));
        await using var copied = EmbeddedEventLog.Open(copy.Path);
        Assert.Equal(10, (await copied.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token)).Events.Count);
    }

    [Fact]
    public async Task A_full_disk_fails_appends_and_loses_nothing_acknowledged()
    {
        var options = new EmbeddedOptions { MaxPages = 30 };
        var acknowledged = new List<Guid>();
        await using (var log = EmbeddedEventLog.Open(directory.Path, options))
        {
            EventToAppend[] events;
            while (true)
            {
                events = [new EventToAppend(Guid.NewGuid(), "track", new byte[10_000])];
                var result = await log.AppendAsync("customer-a", ExpectedRevision.Any, events, Token);
                if (result is AppendResult.Failed failed)
                {
                    Assert.Contains("full", failed.Reason, StringComparison.Ordinal);
                    break;
                }
                acknowledged.Add(events[0].EventId);
                Assert.True(acknowledged.Count <= 30, "The log took more than fits its file.");
            }
            Assert.True(acknowledged.Count >= 10);
            Assert.IsType<AppendResult.Failed>(await log.AppendAsync("customer-a", ExpectedRevision.Any, events, Token));
            Assert.Equal(acknowledged, (await log.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token)).Events.Ids());

            options.MaxPages = 0;
            var next = await log.AppendAsync("customer-a", ExpectedRevision.At(acknowledged.Count - 1), events, Token);
            Assert.Equal(acknowledged.Count, Assert.IsType<AppendResult.Appended>(next).Revision);
            acknowledged.Add(events[0].EventId);
        }
        await using var reopened = EmbeddedEventLog.Open(directory.Path);
        Assert.Equal(acknowledged, (await reopened.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token)).Events.Ids());
    }

    [Fact]
    public async Task A_write_ahead_log_torn_anywhere_leaves_a_prefix_of_whole_appends()
    {
        var random = new Random(7);
        await using var log = EmbeddedEventLog.Open(directory.Path, new EmbeddedOptions { WalBytes = int.MaxValue, BlockBytes = 2_000, IndexFlushEvents = 50 });
        for (var i = 0; i < 100; i++) await log.AppendAsync("customer-" + (i % 9), ExpectedRevision.Any, Events.Many(5), Token);
        var wal = Path.Combine(directory.Path, "log.db-wal");
        var length = new FileInfo(wal).Length;
        for (var round = 0; round < 20; round++)
        {
            using var torn = new TempDirectory();
            File.Copy(Path.Combine(directory.Path, "log.db"), Path.Combine(torn.Path, "log.db"));
            File.Copy(wal, Path.Combine(torn.Path, "log.db-wal"));
            using (var file = File.OpenWrite(Path.Combine(torn.Path, "log.db-wal"))) file.SetLength(random.NextInt64(length / 2, length));
            await using var opened = EmbeddedEventLog.Open(torn.Path);
            await Consistency.CheckAsync(opened, batch: 5);
            Assert.IsType<AppendResult.Appended>(await opened.AppendAsync("customer-1", ExpectedRevision.Any, Events.Many(5), Token));
            await Consistency.CheckAsync(opened, batch: 5);
        }
    }

    private static async Task<List<RecordedEvent>> ReadUntilAsync(EmbeddedEventLog log, LogPosition after, string prefix, int count)
    {
        var events = new List<RecordedEvent>();
        await foreach (var page in log.SubscribeToAllAsync(after, 100, StreamFilter.ByPrefix(prefix), Token))
        {
            events.AddRange(page.Events);
            if (events.Count >= count) break;
        }
        return events;
    }
}
