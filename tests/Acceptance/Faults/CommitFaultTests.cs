using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>Whatever a process does in the middle of a commit - die, or sleep until another one has taken over - the numbers are those of a run without faults.</summary>
[Collection(FaultsCollection.Name)]
public sealed class CommitFaultTests(FaultFixture log)
{
    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public async Task Killed_at_every_point_of_a_commit_nothing_is_lost_and_nothing_counted_twice(int leftStates)
    {
        var settings = new Dictionary<string, string> { ["Projections__LeftStates"] = leftStates.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        foreach (var point in CommitPoints.All)
        {
            await using var member = Member.Launch(log, postgres, $"kill {point} 3", settings: settings);
            await member.Server.EndsAsync();
        }
        await using var last = await Member.StartAsync(log, postgres);
        await last.MustEqualAsync(log);
    }

    [Fact]
    public async Task Held_at_any_point_of_a_commit_until_its_lease_is_over_a_process_blocks_nobody_and_stands_by_when_it_wakes()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        var members = new List<Member>();
        try
        {
            foreach (var point in CommitPoints.All)
            {
                members.Add(Member.Launch(log, postgres, $"stop {point} 3"));
                await members[^1].StopsItselfAsync();
            }
            await using var last = await Member.StartAsync(log, postgres);
            await last.MustEqualAsync(log);
            foreach (var member in members) member.Continue();
            foreach (var member in members)
            {
                await member.StandsByAsync();
                await member.MustEqualAsync(log);
            }
            Assert.Equal("OWNER", await last.RoleAsync());
            await last.MustEqualAsync(log);
        }
        finally
        {
            foreach (var member in members) await member.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_log_killed_and_started_again_in_the_middle_of_a_commit_is_followed_on()
    {
        await using var member = Member.Launch(log, await PostgresFixture.FreshDatabaseAsync(), $"stop {CommitPoints.BeforeBegin} 3");
        await member.StopsItselfAsync();
        await log.System.Server.KillAsync();
        member.Continue();
        await log.System.RestartAsync();
        await log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(2, 200));
        await member.MustEqualAsync(log);
    }
}
