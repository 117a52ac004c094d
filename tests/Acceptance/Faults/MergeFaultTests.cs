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

    private int seed = 1_000;

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
    public async Task Held_at_any_point_of_a_merge_until_its_lease_is_over_a_process_blocks_nobody_and_stands_by_when_it_wakes()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        foreach (var point in MergePoints.All)
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
    public async Task A_follower_killed_or_held_at_any_point_of_a_merge_leaves_nothing_half_merged_and_blocks_nobody()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
        foreach (var point in MergePoints.All)
        {
            await using var killed = await FollowAsync(postgres, groups, $"kill {point} 1");
            var funnel = await groups.DefineAsync(log);
            await killed.Server.EndsAsync();
            await MustBeWholeAsync(funnel, groups, owner);

            await using var held = await FollowAsync(postgres, groups, $"stop {point} 1");
            funnel = await groups.DefineAsync(log);
            await held.StopsItselfAsync();
            await MustBeWholeAsync(funnel, groups, owner);
            held.Continue();
            await held.BecomesAsync("FOLLOWER");
            await MustBeWholeAsync(funnel, groups, owner, held);
        }
        Assert.Equal("OWNER", await owner.RoleAsync());
    }

    [Theory]
    [InlineData(MergePoints.AfterRevisions)]
    [InlineData(MergePoints.BeforeCommit)]
    public async Task A_follower_held_in_a_merge_does_not_keep_the_next_owner_waiting_however_the_last_one_ended(string point)
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var groups = new MergedGroups(postgres);
        foreach (var inOrder in new[] { true, false })
        {
            await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
            await owner.BecomesAsync("OWNER");
            await using var held = await FollowAsync(postgres, groups, $"stop {point} 1");
            var funnel = await groups.DefineAsync(log);
            await held.StopsItselfAsync();
            if (inOrder) Assert.Equal(0, await owner.Server.StopAsync());
            else await owner.Server.KillAsync();

            await using var next = await StartAsync(postgres);
            await next.BecomesAsync("OWNER");
            await MustBeWholeAsync(funnel, groups, next);
            held.Continue();
            await MustBeWholeAsync(funnel, groups, next, held);
        }
    }

    private Task<Member> StartAsync(string postgres, string? fault = null) => Member.StartAsync(log, postgres, fault, settings: Alone);

    private async Task<Member> FollowAsync(string postgres, MergedGroups groups, string fault)
    {
        var member = await Member.StartAsync(log, postgres, fault, settings: Sharing);
        Assert.True(await Eventually.HoldsAsync(groups.AreLentAsync), $"The funnels were not lent:\n{member.Server.Output}");
        return member;
    }

    // Further events come to persons that what was merged knows, and all who answer do so as if there had been no fault.
    private async Task MustBeWholeAsync(LateFunnel funnel, MergedGroups groups, params Member[] members)
    {
        await log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(seed++, Lines));
        foreach (var member in members)
        {
            await member.MustEqualAsync(log);
            await funnel.MustBeRightAsync(log, member);
        }
        await groups.MustAllBeMergedAsync();
    }
}
