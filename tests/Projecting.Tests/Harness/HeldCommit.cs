using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>Holds commits at a point until a test lets them go on.</summary>
/// <param name="at">The point.</param>
internal sealed class HeldCommit(string at = CommitPoints.BeforeCommit) : IDisposable
{
    private readonly ManualResetEventSlim open = new(initialState: true);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first commit is held.</summary>
    public Task Reached => reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Hold() => open.Reset();

    public void Release() => open.Set();

    public void At(string point)
    {
        if (point != at || open.IsSet) return;
        reached.TrySetResult();
        open.Wait();
    }

    public void Dispose()
    {
        open.Set();
        open.Dispose();
    }
}
