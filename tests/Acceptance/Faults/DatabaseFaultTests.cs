using System.Diagnostics;
using EventSourcedAnalytics.Acceptance.Harness;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>Whatever happens to Postgres in the middle of a commit, the process goes on by itself and the numbers are those of a run without faults.</summary>
[Collection(FaultsCollection.Name)]
public sealed class DatabaseFaultTests(FaultFixture log)
{
    // Nobody else is there to take over, and a process that is held must not lose its lease meanwhile.
    private const double LongLease = 600;

    [Fact]
    public async Task Connections_that_are_ended_in_the_middle_of_a_commit_change_no_number()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        await using var member = Member.Launch(log, postgres, $"stop {CommitPoints.BeforeCommit} 3", LongLease);
        await member.StopsItselfAsync();
        await using (var connection = new NpgsqlConnection(postgres))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
            Assert.True((long)(await command.ExecuteScalarAsync())! > 0);
        }
        member.Continue();
        await member.MustEqualAsync(log);
        Assert.Equal("OWNER", await member.RoleAsync());
    }

    [Fact]
    public async Task A_postgres_that_crashes_and_comes_back_in_the_middle_of_a_commit_changes_no_number()
    {
        using var folder = new TemporaryFolder("analytics-faults-");
        ChildProcesses.Watch(folder.Path);
        await using var postgres = await OwnPostgres.StartAsync(folder.Path);
        await using var member = Member.Launch(log, postgres.ConnectionString, $"stop {CommitPoints.AfterCheckpoints} 3", LongLease);
        await member.StopsItselfAsync();
        var killed = postgres.ProcessId!.Value;
        Signals.Send(killed, Signals.Quit);
        Assert.True(await Eventually.HoldsAsync(() => postgres.ProcessId != killed));
        member.Continue();
        await member.MustEqualAsync(log);
    }

    [MountFact]
    public async Task A_full_disk_of_postgres_stops_the_read_models_and_nothing_else_until_there_is_room_again()
    {
        using var folder = new TemporaryFolder("analytics-full-");
        await Mount.RunAsync("mount", "-t", "tmpfs", "-o", "size=160m,mode=0755", "tmpfs", folder.Path);
        try
        {
            await using var postgres = await OwnPostgres.StartAsync(folder.Path);
            Assert.StartsWith(folder.Path, postgres.Location, StringComparison.Ordinal);
            await using var member = Member.Launch(log, postgres.ConnectionString, $"stop {CommitPoints.BeforeBegin} 3", LongLease);
            await member.StopsItselfAsync();
            var ballast = folder["ballast"];
            Fill(ballast);
            member.Continue();
            Assert.True(await Eventually.HoldsAsync(async () => (await member.QueryAsync("{ system { lastFailure } }"))["system"]!["lastFailure"] is not null),
                $"Nothing failed:\n{member.Server.Output}");
            File.Delete(ballast);
            await member.MustEqualAsync(log);
        }
        finally
        {
            await Mount.RunAsync("umount", "-l", folder.Path);
        }
    }

    private static void Fill(string path)
    {
        var block = new byte[64 * 1024];
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full: as wanted.
        }
    }
}

/// <summary>A test that needs a small disk of its own, and says so where it may not mount one.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (!Mount.IsAllowed) Skip = "This user may not mount a tmpfs: what a full disk does was not checked.";
    }
}

/// <summary>Mounting, by the system's own commands.</summary>
internal static class Mount
{
    private static readonly Lazy<bool> Allowed = new(TryOut);

    /// <summary>Whether this user may.</summary>
    public static bool IsAllowed => Allowed.Value;

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
    }

    private static bool TryOut()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        using var folder = new TemporaryFolder("analytics-mount-");
        using var mount = Start("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path]);
        mount.WaitForExit();
        if (mount.ExitCode != 0) return false;
        using var unmount = Start("umount", [folder.Path]);
        unmount.WaitForExit();
        return unmount.ExitCode == 0;
    }

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
}
