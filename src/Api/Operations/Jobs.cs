using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>What became of long work.</summary>
public enum JobState
{
    /// <summary>At work.</summary>
    Running,

    /// <summary>Done; the result is there.</summary>
    Done,

    /// <summary>Given up; the error says why.</summary>
    Failed,
}

/// <summary>Long work that goes on while its client asks how far it is.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State">Whether it is at work.</param>
/// <param name="Fraction">Part that is done, 0 to 1.</param>
/// <param name="Message">How far it is, for people.</param>
/// <param name="Result">What it found, when it is done.</param>
/// <param name="Error">Why it failed.</param>
[GraphQL.GraphQLName("RebuildProgress")]
public sealed record Job([property: GraphQL.ID] string Id, string Kind, JobState State, double Fraction, string Message, string? Result, string? Error);

/// <summary>Runs long work in the background; the newest jobs are kept.</summary>
public sealed class Jobs(ILogger<Jobs> logger)
{
    private readonly ConcurrentDictionary<string, Job> jobs = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> order = new();

    /// <summary>The job of an id; null if it is unknown or long over.</summary>
    public Job? Find(string id) => jobs.GetValueOrDefault(id);

    /// <summary>Starts work.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="work">The work: reports progress, gives its result as text.</param>
    public Job Start(string kind, Func<IProgress<(double Fraction, string Message)>, Task<string>> work)
    {
        var job = new Job(Guid.NewGuid().ToString("N"), kind, JobState.Running, 0, "starting", null, null);
        jobs[job.Id] = job;
        order.Enqueue(job.Id);
        while (order.Count > Limits.MaxKeptJobs && order.TryDequeue(out var oldest)) jobs.TryRemove(oldest, out _);
        _ = Task.Run(() => RunAsync(job, work));
        return job;
    }

    /// <summary>A job now and after each change, until it is over.</summary>
    public async IAsyncEnumerable<Job> WatchAsync(string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Job? told = null;
        using var timer = new PeriodicTimer(Limits.PushInterval);
        do
        {
            if (Find(id) is not { } job) yield break;
            if (job != told) yield return job;
            told = job;
            if (job.State != JobState.Running) yield break;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task RunAsync(Job job, Func<IProgress<(double, string)>, Task<string>> work)
    {
        try
        {
            var result = await work(new Reporter(progress => Update(job.Id, known => known with { Fraction = progress.Fraction, Message = progress.Message })));
            Update(job.Id, known => known with { State = JobState.Done, Fraction = 1, Message = "done", Result = result });
        }
        catch (Exception error)
        {
            logger.LogWarning(error, "The job {Kind} failed.", job.Kind);
            Update(job.Id, known => known with { State = JobState.Failed, Error = error.Message });
        }
    }

    private void Update(string id, Func<Job, Job> change)
    {
        if (jobs.TryGetValue(id, out var known)) jobs[id] = change(known);
    }

    // Progress<T> posts to the pool, so that a late report could overwrite the end: this one reports at once.
    private sealed class Reporter(Action<(double Fraction, string Message)> report) : IProgress<(double Fraction, string Message)>
    {
        public void Report((double Fraction, string Message) value) => report(value);
    }
}
