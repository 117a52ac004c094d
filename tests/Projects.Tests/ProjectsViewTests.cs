using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects.Tests;

public sealed class ProjectsViewTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly House house = new();

    [Fact]
    public async Task A_view_that_follows_sees_what_others_decide()
    {
        using var stop = new CancellationTokenSource(Patience);
        var run = house.View.RunAsync(stop.Token);
        await using var watch = house.View.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await watch.MoveNextAsync());
        Assert.Empty(watch.Current.Projects);

        var done = Assert.IsType<Result<string>.Done>(await house.SendAsync(new CreateProject("shop", "Shop")));

        while (watch.Current.Position is not { } at || at < done.Position) Assert.True(await watch.MoveNextAsync());
        Assert.Equal(4, watch.Current.Projects["shop"].Definitions.Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Waiting_for_a_position_needs_no_follower()
    {
        await house.DoneAsync(new CreateProject("a", "A"));
        await house.View.CatchUpAsync(CancellationToken.None);
        var done = Assert.IsType<Result<string>.Done>(await house.SendAsync(new CreateProject("b", "B")));

        var snapshot = await house.View.WaitForAsync(done.Position, CancellationToken.None);

        Assert.Equal(["a", "b"], snapshot.Projects.Keys.Order());
    }

    [Fact]
    public async Task Waiting_passes_over_events_of_other_streams()
    {
        using var stop = new CancellationTokenSource(Patience);
        var run = house.View.RunAsync(stop.Token);
        var waiting = house.View.WaitForAsync(LogPosition.At(1), stop.Token);

        await house.Log.AppendAsync("customer-shop-x", ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "track", "{}"u8.ToArray())], stop.Token);

        Assert.Equal(LogPosition.At(1), (await waiting).Position);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task An_unreadable_event_stops_its_project_only_and_is_told()
    {
        await house.DoneAsync(new CreateProject("a", "A"));
        await house.DoneAsync(new CreateProject("b", "B"));
        await house.Log.AppendAsync("project-a", ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), "from_the_future", "{\"v\":1}"u8.ToArray())], CancellationToken.None);
        await house.DoneAsync(new ChangeProjectSettings("b", Name: "B2"));

        var snapshot = await house.View.CatchUpAsync(CancellationToken.None);

        Assert.Contains("from_the_future", snapshot.Faults["a"], StringComparison.Ordinal);
        Assert.Equal(("A", "B2"), (snapshot.Projects["a"].Name, snapshot.Projects["b"].Name));
    }

    [Fact]
    public async Task A_snapshot_never_changes()
    {
        await house.DoneAsync(new CreateProject("shop", "Shop"));
        var before = await house.View.CatchUpAsync(CancellationToken.None);

        await house.DoneAsync(new ChangeProjectSettings("shop", Name: "New"));
        await house.View.CatchUpAsync(CancellationToken.None);

        Assert.Equal(("Shop", "New"), (before.Projects["shop"].Name, house.View.Projects["shop"].Name));
    }

    [Fact]
    public void Every_event_of_a_project_comes_back_from_its_stored_form()
    {
        ProjectEvent[] events =
        [
            new ProjectRenamed("é"),
            new SettingsChanged(new ProjectSettings { TimeZone = "Asia/Tokyo", Privacy = new PrivacySettings { HashedKeys = ["email"] } }),
            new KeyIssued(new ApiKey("id", KeyKind.Read, "n", "hash", CustomerData: true)),
            new KeyRevoked("id"),
            new DefinitionDefined(DefinitionKind.SavedQuery, "k", "n", House.Json("""{"a":1.50}""")),
            new DefinitionRetired(DefinitionKind.Funnel, "k"),
            new TrackingPlanSet(new TrackingPlan { Events = [new PlannedEvent("e")] }),
        ];

        foreach (var e in events)
        {
            var data = ProjectEventCodec.Encode(e);
            Assert.Equal(data, ProjectEventCodec.Encode(ProjectEventCodec.Decode(ProjectEventCodec.TypeOf(e), data)));
        }
        Assert.Equal("""{"v":1,"kind":"SAVED_QUERY","key":"k","name":"n","definition":{"a":1.50}}""", System.Text.Encoding.UTF8.GetString(ProjectEventCodec.Encode(events[4])));
    }
}
