using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>
/// The projects in memory, kept up to date from the log. Anybody may read <see cref="Current"/> at any time without waiting.
/// </summary>
/// <param name="log">The log.</param>
public sealed class ProjectsView(IEventLog log)
{
    private static readonly StreamFilter Filter = StreamFilter.ByPrefix(StreamNames.ProjectPrefix);

    private readonly Lock gate = new();
    private ProjectsSnapshot current = ProjectsSnapshot.Empty;
    private TaskCompletionSource moved = NewSignal();
    private TaskCompletionSource changed = NewSignal();

    /// <summary>The newest snapshot.</summary>
    public ProjectsSnapshot Current => Volatile.Read(ref current);

    /// <summary>The projects by id, as of the newest snapshot.</summary>
    public IReadOnlyDictionary<string, Project> Projects => Current.Projects;

    /// <summary>Reads the log from where the view stands to its end as it is now; for one-off commands, and beside <see cref="RunAsync"/> without harm.</summary>
    /// <returns>The newest snapshot.</returns>
    public async Task<ProjectsSnapshot> CatchUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await log.ReadAllAsync(Current.Position, EventLog.Limits.MaxPageEvents, Filter, cancellationToken);
            Apply(page);
            if (page.IsHead) return Current;
        }
    }

    /// <summary>Waits until everything up to a position is in the view: read your own decision.</summary>
    public async Task<ProjectsSnapshot> WaitForAsync(LogPosition position, CancellationToken cancellationToken)
    {
        if (IsAt(position)) return Current;
        await CatchUpAsync(cancellationToken);
        while (true)
        {
            Task next;
            lock (gate) next = moved.Task;
            if (IsAt(position)) return Current;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Follows the log until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var page in log.SubscribeToAllAsync(Current.Position, EventLog.Limits.MaxPageEvents, Filter, cancellationToken)) Apply(page);
    }

    /// <summary>
    /// The snapshot now, then the newest one after each change of a project, until cancelled. Changes that come while the reader is busy are seen as one;
    /// every snapshot has all of them.
    /// </summary>
    public async IAsyncEnumerable<ProjectsSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            ProjectsSnapshot snapshot;
            lock (gate) (next, snapshot) = (changed.Task, current);
            yield return snapshot;
            await next.WaitAsync(cancellationToken);
        }
    }

    private bool IsAt(LogPosition position) => Current.Position is { } reached && reached >= position;

    // Two readers may bring the same events: what is not behind the view's position is known already.
    private void Apply(LogPage page)
    {
        TaskCompletionSource? wakeMoved = null, wakeChanged = null;
        lock (gate)
        {
            var next = current;
            foreach (var recorded in page.Events) if (next.Position is not { } known || recorded.Position > known) next = next.After(recorded);
            if (page.LastPosition is { } last && (next.Position is not { } reached || last > reached)) next = next.At(last);
            if (ReferenceEquals(next, current)) return;
            (wakeMoved, moved) = (moved, NewSignal());
            if (!ReferenceEquals(next.Projects, current.Projects) || !ReferenceEquals(next.Faults, current.Faults)) (wakeChanged, changed) = (changed, NewSignal());
            Volatile.Write(ref current, next);
        }
        wakeMoved.SetResult();
        wakeChanged?.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
