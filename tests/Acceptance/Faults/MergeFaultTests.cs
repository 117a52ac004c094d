using System.Diagnostics;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>
/// Whatever a process does while a definition that it has backfilled becomes one with what is live - die, or sleep until another one has taken over - nothing stays half merged, and
/// the numbers are those of a run without faults.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class MergeFaultTests(FaultFixture log)
{
    private const int Lines = 100;

    private static readonly Dictionary<string, string> Alone = new() { ["Projections__Share"] = "false" };
    private static readonly Dictionary<string, string> Sharing = new() { ["Projections__Share"] = "true" };

    private static readonly string[] InsideAndAfter = [MergePoints.AfterRevisions, MergePoints.AfterCommit];

    // Half of the time after which Postgres itself ends who does nothing in a transaction.
    private static readonly TimeSpan LongestTakeover = TimeSpan.FromSeconds(30);

    // All tests of the class share a log, in which a line that was imported before is nothing new.
    private static int seed = 1_000;

    [Fact]
    public async Task Killed_at_every_point_of_a_merge_nothing_stays_half_merged_and_nothing_is_counted_twice()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        LateFunnel? last = null;
        foreach (var point in MergePoints.All)
        {
            await using var killed = await StartAsync(postgres, $"kill {point} 1");
            await killed.MustEqualAsync(log);
            last = await groups.DefineAsync(log);
            await killed.Server.EndsAsync();
            await groups.MustStandAsync(point);

            await using var next = await StartAsync(postgres);
            await MustBeWholeAsync(last, groups, next);
        }

        // Where nothing was ever merged, because all that is defined is folded along from the first event.
        await using var anew = await StartAsync(await PostgresFixture.FreshDatabaseAsync());
        await anew.MustEqualAsync(log);
        await last!.MustBeRightAsync(log, anew);
    }

    [Fact]
    public async Task Held_in_a_merge_or_right_after_it_until_its_lease_is_over_a_process_blocks_nobody_and_stands_by_when_it_wakes()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        foreach (var point in InsideAndAfter)
        {
            await using var held = await StartAsync(postgres, $"stop {point} 1");
            await held.MustEqualAsync(log);
            var funnel = await groups.DefineAsync(log);
            await held.StopsItselfAsync();
            await groups.MustStandAsync(point);

            await using var next = await StartAsync(postgres);
            await MustBeWholeAsync(funnel, groups, next);
            held.Continue();
            await held.StandsByAsync();
            await MustBeWholeAsync(funnel, groups, next, held);
            Assert.Equal("OWNER", await next.RoleAsync());
        }
    }

    [Fact]
    public async Task A_follower_killed_at_any_point_of_a_merge_loses_nothing_and_what_it_kept_goes_on_at_its_owners()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
        await using var other = await FollowAsync(groups, postgres, null, "revenue", "sessions");
        foreach (var point in MergePoints.All)
        {
            await using var killed = await FollowAsync(groups, postgres, $"kill {point} 1", "funnels");
            var funnel = await groups.DefineAsync(log);
            await killed.Server.EndsAsync();
            await MustBeWholeAsync(funnel, groups, owner, other);
        }
        Assert.Equal("OWNER", await owner.RoleAsync());
    }

    [Fact]
    public async Task A_follower_held_in_a_merge_or_right_after_it_blocks_nobody_and_follows_on_when_it_wakes()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
        await using var other = await FollowAsync(groups, postgres, null, "revenue", "sessions");
        foreach (var point in InsideAndAfter)
        {
            await using var held = await FollowAsync(groups, postgres, $"stop {point} 1", "funnels");
            var funnel = await groups.DefineAsync(log);
            await held.StopsItselfAsync();
            await MustBeWholeAsync(funnel, groups, owner);
            held.Continue();
            await held.BecomesAsync("FOLLOWER");
            await MustBeWholeAsync(funnel, groups, owner, held);
        }
        Assert.Equal("OWNER", await owner.RoleAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_follower_held_in_a_merge_does_not_keep_the_next_owner_waiting_however_the_last_one_ended(bool inOrder)
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
        await using var next = await FollowAsync(groups, postgres, null, "revenue", "sessions");
        await using var held = await FollowAsync(groups, postgres, $"stop {MergePoints.AfterRevisions} 1", "funnels");
        var funnel = await groups.DefineAsync(log);
        await held.StopsItselfAsync();
        if (inOrder) Assert.Equal(0, await owner.Server.StopAsync());
        else await owner.Server.KillAsync();
        var clock = Stopwatch.StartNew();
        await next.BecomesAsync("OWNER");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, LongestTakeover);
        await MustBeWholeAsync(funnel, groups, next);
        held.Continue();
        await held.StandsByAsync();
        await MustBeWholeAsync(funnel, groups, next);
    }

    private Task<Member> StartAsync(string postgres, string? fault = null) => Member.StartAsync(log, postgres, fault, settings: Alone);

    private async Task<Member> FollowAsync(MergedGroups groups, string postgres, string? fault, params string[] projections)
    {
        var member = await Member.StartAsync(log, postgres, fault, settings: Sharing);
        Assert.True(await Eventually.HoldsAsync(() => groups.AreLentAsync(projections)), $"It was not lent {string.Join(", ", projections)}:\n{member.Server.Output}");
        return member;
    }

    // Further events come to persons that what was merged knows, and all who answer do so as if there had been no fault.
    private async Task MustBeWholeAsync(LateFunnel funnel, MergedGroups groups, params Member[] members)
    {
        await log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(Interlocked.Increment(ref seed), Lines));
        foreach (var member in members)
        {
            await member.MustEqualAsync(log);
            await funnel.MustBeRightAsync(log, member);
        }
        await groups.MustAllBeMergedAsync();
    }
}
