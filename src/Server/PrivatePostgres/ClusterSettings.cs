using System.Globalization;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>The settings of the private cluster: for one small machine that also runs the rest of the system.</summary>
internal static class ClusterSettings
{
    internal const string FileName = "analytics.conf";

    private const long Megabyte = 1024 * 1024;

    /// <summary>The text of the settings file.</summary>
    /// <param name="socketDirectory">The folder of the only socket that is listened on.</param>
    /// <param name="memoryBytes">Memory of the machine (or of the container), in bytes.</param>
    /// <param name="isDurable">False only for databases of tests: commits then don't survive a crash of the machine.</param>
    internal static string Text(string socketDirectory, long memoryBytes, bool isDurable)
    {
        var sharedBuffers = Math.Clamp(memoryBytes / 8, 64 * Megabyte, 512 * Megabyte) / Megabyte;
        var cacheSize = Math.Max(memoryBytes / 2, 128 * Megabyte) / Megabyte;
        var workMemory = Math.Clamp(memoryBytes / 256, 4 * Megabyte, 32 * Megabyte) / Megabyte;
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written at every start of the private database; changes belong into a server of your own (ConnectionStrings__Postgres).

            # Nobody but this machine, and on it nobody but who may enter the socket's folder.
            listen_addresses = ''
            unix_socket_directories = '{socketDirectory.Replace("'", "''", StringComparison.Ordinal)}'
            unix_socket_permissions = 0700
            port = 5432
            max_connections = {Limits.PostgresConnections}

            # PostgreSQL leaves most caching to the system, which the event log needs too.
            shared_buffers = {sharedBuffers}MB
            effective_cache_size = {cacheSize}MB
            work_mem = {workMemory}MB
            maintenance_work_mem = {Math.Min(4 * workMemory, 128)}MB

            # Many small transactions: few checkpoints, spread out, and compressed page images.
            max_wal_size = 4GB
            checkpoint_timeout = 15min
            checkpoint_completion_target = 0.9
            wal_compression = on
            wal_level = minimal
            max_wal_senders = 0
            wal_buffers = 16MB

            # The log could replay a lost commit, but a number that was shown must not go back after a crash.
            synchronous_commit = {(isDurable ? "on" : "off")}
            fsync = {(isDurable ? "on" : "off")}
            full_page_writes = {(isDurable ? "on" : "off")}

            # Read models are read by key from fast disks; compiling or splitting such queries costs more than it saves.
            random_page_cost = 1.1
            jit = off
            max_parallel_workers_per_gather = 0
            autovacuum = on
            autovacuum_naptime = 20s
            autovacuum_vacuum_scale_factor = 0.1

            # A row changed by its own machine only; times and texts mean the same everywhere.
            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            log_line_prefix = '%m [%p] '
            log_checkpoints = off

            """);
    }
}
