namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>A batch function of the schema's classes.</summary>
internal sealed record DataLoaderDefinition(string Name, Type Key, Type Value, Func<OperationContext, object> Create);

internal delegate Task<IReadOnlyDictionary<TKey, TValue>> BatchFunction<TKey, TValue>(IReadOnlyList<TKey> keys, OperationContext context);

internal sealed class DataLoader<TKey, TValue>(OperationContext context, BatchFunction<TKey, TValue> fetch) : IDataLoader<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TaskCompletionSource<TValue?>> _known = [];
    private List<TKey> _asked = [];

    public Task<TValue?> LoadAsync(TKey key, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<TValue?>? promise;
        // Resolvers that left the scheduler (ConfigureAwait(false)) may come here from any thread.
        lock (_known)
        {
            if (!_known.TryGetValue(key, out promise))
            {
                _known[key] = promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _asked.Add(key);
                if (_asked.Count == 1)
                    context.Scheduler.OnIdle(Dispatch);
            }
        }
        return cancellationToken.CanBeCanceled ? promise.Task.WaitAsync(cancellationToken) : promise.Task;
    }

    public async Task<IReadOnlyList<TValue?>> LoadAsync(IReadOnlyCollection<TKey> keys, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(keys.Select(key => LoadAsync(key, cancellationToken)));

    private void Dispatch()
    {
        List<TKey> asked;
        lock (_known)
        {
            asked = _asked;
            _asked = [];
        }
        foreach (var batch in asked.Chunk(Limits.MaxBatchKeys))
            _ = FetchAsync(batch);
    }

    private async Task FetchAsync(TKey[] keys)
    {
        try
        {
            var values = await fetch(keys, context);
            foreach (var key in keys)
                Promise(key).SetResult(values.TryGetValue(key, out var value) ? value : default);
        }
        catch (Exception error)
        {
            foreach (var key in keys)
            {
                Promise(key).TrySetException(error);
                // Seen here, so that a key nobody waits for any more doesn't end the process's error handler.
                _ = Promise(key).Task.Exception;
            }
        }
    }

    private TaskCompletionSource<TValue?> Promise(TKey key)
    {
        lock (_known)
            return _known[key];
    }
}
