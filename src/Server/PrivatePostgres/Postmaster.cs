using System.Globalization;
using Npgsql;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>Makes, starts and stops the PostgreSQL of one <see cref="ClusterHome"/>. Every method is to be called under the lock of its users.</summary>
internal sealed class Postmaster(ClusterHome home, bool isDurable)
{
    internal const string Role = "analytics";
    internal const string Database = "analytics";

    /// <summary>What became of a request to have the cluster running.</summary>
    internal enum Outcome
    {
        /// <summary>It ran already.</summary>
        Adopted,

        /// <summary>It was started.</summary>
        Started,

        /// <summary>It was made and started.</summary>
        Created,
    }

    /// <summary>The process id of the running postmaster; null if it doesn't run.</summary>
    internal int? ProcessId => PostgresProcesses.Postmaster(home.Data);

    /// <summary>The connection string of a database of this cluster.</summary>
    internal string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = home.SocketDirectory,
        Port = 5432,
        Username = Role,
        Database = database,
        MaxPoolSize = Limits.PostgresPool,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>Has the cluster running and its database there, whatever it takes.</summary>
    /// <exception cref="PrivatePostgresException">PostgreSQL isn't installed, or refuses.</exception>
    internal async Task<Outcome> EnsureRunningAsync(CancellationToken ct)
    {
        if (ProcessId is not null && await AnswersAsync(ct))
            return Outcome.Adopted;
        var binaries = PostgresBinaries.Find(ClusterVersion(), home.Directory);
        var isNew = ClusterVersion() == 0;
        if (isNew)
            await InitializeAsync(binaries, ct);
        await StartAsync(binaries, ct);
        await CreateDatabaseAsync(ct);
        return isNew ? Outcome.Created : Outcome.Started;
    }

    /// <summary>Stops the cluster if it runs: connections are ended, all is written. If that takes too long it is stopped at once and recovers later.</summary>
    internal async Task StopAsync(CancellationToken ct)
    {
        if (ProcessId is null)
            return;
        var pgCtl = PostgresBinaries.Find(ClusterVersion(), home.Directory).PgCtl;
        var seconds = Limits.PostgresStop.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        foreach (var mode in isDurable ? new[] { "fast", "immediate" } : ["immediate"])
            if ((await RunAsync(pgCtl, ["stop", "-D", home.Data, "-m", mode, "-w", "-t", seconds], ct)).Succeeded)
                return;
        await PostgresProcesses.EndAllAsync(home.Data, ct);
    }

    private int ClusterVersion()
    {
        var file = Path.Combine(home.Data, "PG_VERSION");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture) : 0;
    }

    private async Task InitializeAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        // Made under another name first: a half-made cluster must never be taken for a whole one.
        var unfinished = home.Data + ".new";
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        string[] arguments =
        [
            "-D", unfinished, "-U", Role, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8",
            "--data-checksums", .. isDurable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var made = await RunAsync(binaries.Initdb, arguments, ct);
        if (!made.Succeeded)
            throw new PrivatePostgresException($"The private database can't be made in {home.Directory}: {made.Output}");
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), $"\ninclude = '{ClusterSettings.FileName}'\n", ct);
        Directory.Move(unfinished, home.Data);
    }

    private async Task StartAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        await PostgresProcesses.EndAllAsync(home.Data, ct, Limits.PostgresOrphanGrace);
        PostgresProcesses.RemoveMisleadingPidFile(home.Data);
        if (File.Exists(home.Log) && new FileInfo(home.Log).Length > Limits.MaxPostgresLogBytes)
            File.Move(home.Log, home.Log + ".old", overwrite: true);
        await File.WriteAllTextAsync(
            Path.Combine(home.Data, ClusterSettings.FileName),
            ClusterSettings.Text(home.SocketDirectory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, isDurable), ct);

        // pg_ctl puts PostgreSQL into a session of its own: Ctrl-C at the terminal reaches only the command, which then stops it in order.
        var seconds = Limits.PostgresStart.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var started = await RunAsync(binaries.PgCtl, ["start", "-D", home.Data, "-l", home.Log, "-w", "-t", seconds], ct);
        if (started.Succeeded)
            return;
        var log = File.Exists(home.Log) ? string.Join('\n', (await File.ReadAllLinesAsync(home.Log, ct)).TakeLast(8)) : "";
        throw new PrivatePostgresException($"The private database in {home.Directory} doesn't start: {started.Output}\n{log}");
    }

    private async Task CreateDatabaseAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM pg_database WHERE datname = '{Database}'";
        if ((long)(await command.ExecuteScalarAsync(ct))! > 0)
            return;
        command.CommandText = $"CREATE DATABASE {Database}";
        await command.ExecuteNonQueryAsync(ct);
    }

    // A postmaster that was found running may still be replaying its write-ahead log.
    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        var until = DateTime.UtcNow + Limits.PostgresStart;
        while (ProcessId is not null && DateTime.UtcNow < until)
        {
            try
            {
                await CreateDatabaseAsync(ct);
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20, ct);
            }
        }
        return false;
    }

    // From "/", because the user that PostgreSQL runs as may not be allowed into the caller's directory.
    private Task<Command.Outcome> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        Command.RunAsync(program, arguments, home.User, "/", ct);
}
