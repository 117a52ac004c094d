using System.Diagnostics;

namespace EventSourcedAnalytics.Testing;

/// <summary>Waits for a condition, never for a time: returns as soon as it holds.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>True once <paramref name="condition"/> holds; false if it hasn't after 30 s.</summary>
    public static Task<bool> HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()));

    /// <summary>True once <paramref name="condition"/> holds; false if it hasn't after 30 s. An exception counts as "not yet".</summary>
    public static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Limit)
        {
            try
            {
                if (await condition())
                    return true;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // not yet
            }
            await Task.Delay(10);
        }
        return false;
    }
}
