using System.Globalization;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>
/// Who uses a cluster. Each user holds a file lock for as long as it lives; the kernel gives the lock back however the process ends, so a user
/// that was killed is never counted. One more lock makes starting and stopping the business of one at a time.
/// </summary>
internal sealed class ClusterUsers : IDisposable
{
    private readonly string folder;
    private readonly FileStream own;

    private ClusterUsers(string folder, FileStream own) => (this.folder, this.own) = (folder, own);

    /// <summary>Waits until nobody else starts or stops the cluster; dispose to let the next one in.</summary>
    /// <exception cref="PrivatePostgresException">Somebody held the lock for longer than <see cref="Limits.PostgresLockWait"/>.</exception>
    internal static async Task<IDisposable> LockAsync(string control, CancellationToken ct)
    {
        var file = Path.Combine(control, "lock");
        var until = DateTime.UtcNow + Limits.PostgresLockWait;
        while (true)
        {
            if (TryHold(file) is { } held)
                return held;
            if (DateTime.UtcNow > until)
                throw new PrivatePostgresException(
                    $"Another process has been starting or stopping the private database for too long; it holds {file}. End it and run the command again.");
            await Task.Delay(20, ct);
        }
    }

    /// <summary>Counts the caller as a user. To be called under the lock.</summary>
    internal static ClusterUsers Join(string control)
    {
        var folder = Directory.CreateDirectory(Path.Combine(control, "users")).FullName;
        var name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        return new ClusterUsers(folder, TryHold(Path.Combine(folder, name))
            ?? throw new PrivatePostgresException($"A new file in {folder} can't be locked; is this a file system without locks?"));
    }

    /// <summary>Whether anybody uses the cluster. To be called under the lock.</summary>
    internal static bool Any(string control)
    {
        var folder = Path.Combine(control, "users");
        if (!Directory.Exists(folder))
            return false;
        var any = false;
        foreach (var file in Directory.GetFiles(folder))
        {
            using var held = TryHold(file);
            if (held is null)
                any = true;
            else
                File.Delete(file);
        }
        return any;
    }

    /// <summary>The caller is no user any more. To be called under the lock.</summary>
    public void Dispose()
    {
        own.Dispose();
        File.Delete(Path.Combine(folder, own.Name));
    }

    private static FileStream? TryHold(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }
}
