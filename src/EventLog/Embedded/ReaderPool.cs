using System.Collections.Concurrent;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>A bounded number of reading connections.</summary>
internal sealed class ReaderPool(string directory) : IDisposable
{
    private readonly SemaphoreSlim permits = new(EmbeddedLimits.Readers);
    private readonly ConcurrentBag<BlockReader> idle = [];

    /// <summary>Runs a read on a free connection; waits for one if all are busy. A connection that failed is not used again.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<BlockReader, T> read, CancellationToken cancellationToken)
    {
        await permits.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!idle.TryTake(out var reader)) reader = new BlockReader(directory);
            try
            {
                var result = read(reader);
                idle.Add(reader);
                return result;
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }
        finally
        {
            permits.Release();
        }
    }

    /// <summary>Runs something while no reader holds a snapshot.</summary>
    public void RunAlone(Action action)
    {
        for (var i = 0; i < EmbeddedLimits.Readers; i++) permits.Wait();
        try
        {
            action();
        }
        finally
        {
            permits.Release(EmbeddedLimits.Readers);
        }
    }

    public void Dispose() => RunAlone(() =>
    {
        while (idle.TryTake(out var reader)) reader.Dispose();
    });
}
