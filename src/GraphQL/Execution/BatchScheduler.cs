namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>
/// Runs the continuations of one operation, one at a time, and notices when none is left: then every resolver of a level waits, and the data
/// loaders fetch what was asked of them, in one batch each. Being exclusive, it also spares the executor all locks.
/// </summary>
internal sealed class BatchScheduler : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private List<Action> _batches = [];
    private bool _running;

    /// <summary>Runs <paramref name="start"/> here, up to where it first waits for something outside.</summary>
    public T Start<T>(Func<T> start)
    {
        lock (_gate)
            _running = true;
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            return start();
        }
        finally
        {
            Drain();
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs <paramref name="dispatch"/> as soon as no resolver can go on without it.</summary>
    public void OnIdle(Action dispatch)
    {
        lock (_gate)
        {
            _batches.Add(dispatch);
            Wake();
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _ready.Enqueue((d, state));
            Wake();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Resolvers await; they don't block.");

    private void Wake()
    {
        if (_running)
            return;
        _running = true;
        ThreadPool.UnsafeQueueUserWorkItem(static scheduler => scheduler.DrainOnPool(), this, preferLocal: false);
    }

    private void DrainOnPool()
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            Drain();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private void Drain()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next = default;
            List<Action> batches;
            lock (_gate)
            {
                if (!_ready.TryDequeue(out next) && _batches.Count == 0)
                {
                    _running = false;
                    return;
                }
                batches = _batches;
                if (next.Callback is null)
                    _batches = [];
            }
            if (next.Callback is not null)
                next.Callback(next.State);
            else
                batches.ForEach(dispatch => dispatch());
        }
    }
}
