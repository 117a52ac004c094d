using System.Text;
using EventSourcedAnalytics.EventLog.Embedded;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

public sealed class DeletionTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private EmbeddedEventLog log = null!;

    private static CancellationToken Token => CancellationToken.None;

    public async Task InitializeAsync()
    {
        log = EmbeddedEventLog.Open(directory.Path);
        await log.AppendAsync("customer-a", ExpectedRevision.NoStream, Events.Many(8), Token);
    }

    public async Task DisposeAsync()
    {
        await log.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_deleted_stream_is_missing_until_something_is_appended_which_goes_on_numbering()
    {
        Assert.IsType<AppendResult.Appended>(await log.DeleteStreamAsync("customer-a", ExpectedRevision.Any, Token));
        Assert.False((await ReadAsync()).Exists);
        await ReopenAsync();
        Assert.False((await ReadAsync()).Exists);
        Assert.IsType<AppendResult.Appended>(await log.DeleteStreamAsync("customer-a", ExpectedRevision.Any, Token));
        Assert.IsType<AppendResult.StreamDeleted>(await log.AppendAsync("customer-a", ExpectedRevision.StreamExists, Events.Many(1), Token));

        var recreated = await log.AppendAsync("customer-a", ExpectedRevision.NoStream, Events.Many(2), Token);

        Assert.Equal(9, Assert.IsType<AppendResult.Appended>(recreated).Revision);
        Assert.Equal([8, 9], (await ReadAsync()).Events.Select(e => e.Revision));
        await ReopenAsync();
        Assert.Equal([8, 9], (await ReadAsync()).Events.Select(e => e.Revision));
        var backwards = await log.ReadStreamAsync("customer-a", ReadDirection.Backwards, null, 100, Token);
        Assert.Equal([9, 8], backwards.Events.Select(e => e.Revision));
        Assert.True(backwards.IsEnd);
    }

    [Fact]
    public async Task A_tombstoned_stream_is_gone_for_good()
    {
        Assert.IsType<AppendResult.Appended>(await log.TombstoneStreamAsync("customer-a", ExpectedRevision.At(7), Token));
        for (var round = 0; round < 2; round++)
        {
            Assert.False((await ReadAsync()).Exists);
            Assert.IsType<AppendResult.StreamDeleted>(await log.AppendAsync("customer-a", ExpectedRevision.Any, Events.Many(1), Token));
            Assert.IsType<AppendResult.StreamDeleted>(await log.AppendAsync("$$customer-a", ExpectedRevision.Any, Events.Many(1), Token));
            Assert.IsType<AppendResult.StreamDeleted>(await log.DeleteStreamAsync("customer-a", ExpectedRevision.Any, Token));
            await ReopenAsync();
        }
    }

    [Fact]
    public async Task Deleting_checks_the_expected_revision()
    {
        var missing = await log.DeleteStreamAsync("customer-b", ExpectedRevision.Any, Token);
        Assert.Null(Assert.IsType<AppendResult.WrongExpectedRevision>(missing).ActualRevision);
        var wrong = await log.DeleteStreamAsync("customer-a", ExpectedRevision.At(3), Token);
        Assert.Equal(7, Assert.IsType<AppendResult.WrongExpectedRevision>(wrong).ActualRevision);
        Assert.Equal(8, (await ReadAsync()).Events.Count);
    }

    [Theory]
    [InlineData("""{"$maxCount":3}""", new long[] { 5, 6, 7 })]
    [InlineData("""{"$tb":6}""", new long[] { 6, 7 })]
    [InlineData("""{"$tb":2,"$maxCount":7}""", new long[] { 2, 3, 4, 5, 6, 7 })]
    [InlineData("""{"$tb":8}""", new long[0])]
    [InlineData("not json", new long[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    public async Task Metadata_truncates_what_is_read(string metadata, long[] revisions)
    {
        await log.AppendAsync("$$customer-a", ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "$metadata", Encoding.UTF8.GetBytes(metadata))], Token);
        var page = await ReadAsync();
        Assert.True(page.Exists);
        Assert.Equal(revisions, page.Events.Select(e => e.Revision));
    }

    private async Task<StreamPage> ReadAsync() => await log.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 100, Token);

    private async Task ReopenAsync()
    {
        await log.DisposeAsync();
        log = EmbeddedEventLog.Open(directory.Path);
    }
}
