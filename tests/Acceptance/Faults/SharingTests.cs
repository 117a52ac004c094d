using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>Two processes keep some projections each: whatever the one does that was lent some, the numbers are those of a run without faults, and the owner goes on.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SharingTests(FaultFixture log)
{
    private const int Lines = 200;

    private static readonly Dictionary<string, string> Sharing = new() { ["Projections__Share"] = "true" };

    [Fact]
    public async Task A_follower_killed_or_held_at_any_point_of_a_commit_loses_nothing_counts_nothing_twice_and_blocks_nobody()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        await using var owner = await Member.StartAsync(log, postgres, settings: Sharing);
        var seed = 100;
        foreach (var point in CommitPoints.All)
        {
            await using var killed = await FollowAsync($"kill {point} 1");
            await ImportAsync();
            await killed.Server.EndsAsync();
            await owner.MustEqualAsync(log);

            await using var held = await FollowAsync($"stop {point} 1");
            await ImportAsync();
            await held.StopsItselfAsync();
            await owner.MustEqualAsync(log);
            held.Continue();
            await held.BecomesAsync("FOLLOWER");
            await ImportAsync();
            await owner.MustEqualAsync(log);
            await held.MustEqualAsync(log);
        }
        Assert.Equal("OWNER", await owner.RoleAsync());

        async Task<Member> FollowAsync(string fault)
        {
            var member = await Member.StartAsync(log, postgres, fault, settings: Sharing);
            await member.BecomesAsync("FOLLOWER");
            return member;
        }

        Task ImportAsync() => log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(seed++, Lines));
    }
}
