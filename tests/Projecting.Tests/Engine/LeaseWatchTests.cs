using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>When a process that stands by may take the lease: never by a clock of another machine, never for time in which it could not look.</summary>
public sealed class LeaseWatchTests
{
    private readonly LeaseWatch watch = new(TimeSpan.FromSeconds(5));

    [Fact]
    public void An_owner_whose_heart_beats_keeps_its_lease_for_ever()
    {
        for (var second = 0; second < 1_000; second++) Assert.False(watch.IsDead(Pulse(beat: second), At(second)));
    }

    [Fact]
    public void An_owner_that_is_connected_but_silent_for_the_length_of_the_lease_loses_it()
    {
        var free = Enumerable.Range(0, 60).TakeWhile(step => !watch.IsDead(Pulse(), At(step * 0.25))).Count();
        Assert.Equal(20, free);
    }

    [Fact]
    public void An_owner_whose_connection_is_gone_gets_less_time_but_enough_to_come_back_after_a_restart_of_the_database()
    {
        for (var step = 0; step < 8; step++) Assert.False(watch.IsDead(Pulse(isConnected: false), At(step * 0.25)));
        Assert.True(watch.IsDead(Pulse(isConnected: false), At(2)));
    }

    [Fact]
    public void Time_in_which_nobody_could_look_counts_for_nothing()
    {
        Assert.False(watch.IsDead(Pulse(beat: 7), At(0)));
        Assert.False(watch.IsDead(Pulse(beat: 7), At(3_600)));
        Assert.False(watch.IsDead(Pulse(beat: 7, isConnected: false), At(7_200)));
        Assert.False(watch.IsDead(Pulse(beat: 8), At(7_200.25)));
    }

    [Fact]
    public void A_new_owner_begins_with_a_whole_lease()
    {
        for (var step = 0; step < 19; step++) Assert.False(watch.IsDead(Pulse(epoch: 1), At(step * 0.25)));
        Assert.False(watch.IsDead(Pulse(epoch: 2), At(4.75)));
        Assert.False(watch.IsDead(Pulse(epoch: 2), At(5)));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Pulse Pulse(long epoch = 1, long beat = 0, bool isConnected = true) => new(epoch, beat, isConnected);
}
