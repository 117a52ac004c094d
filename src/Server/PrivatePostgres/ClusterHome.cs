using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>
/// Where a private cluster lives. <see cref="Control"/> (<c>&lt;data&gt;/postgres</c>) is the caller's and holds the locks; <see cref="Directory"/>
/// is PostgreSQL's and holds its data, socket and log. They are one place unless root runs PostgreSQL as a user who can't reach the data directory
/// (a checkout in root's own home, say): then the cluster lives where that user can, and the file <c>location</c> points there.
/// </summary>
internal sealed record ClusterHome(string Control, string Directory, string? User)
{
    private const string PointerName = "location";
    private const string OwnerName = "data-directory";

    // Not the user's temporary folder, whose path may be as long as the one that is too long.
    private const string ShortFolder = "/tmp";

    /// <summary>PostgreSQL's data directory (PGDATA).</summary>
    internal string Data => Path.Combine(Directory, "data");

    /// <summary>PostgreSQL's own log.</summary>
    internal string Log => Path.Combine(Directory, "postgres.log");

    /// <summary>The folder of the socket. Only its owner may enter it, which is why connections need no password.</summary>
    internal string SocketDirectory { get; } = SocketDirectoryOf(Directory);

    /// <summary>Finds the home of the cluster of a data directory, or makes an empty one.</summary>
    /// <exception cref="PrivatePostgresException">No place fits.</exception>
    internal static async Task<ClusterHome> FindOrMakeAsync(string dataDirectory, CancellationToken ct)
    {
        var control = await ControlOfAsync(dataDirectory, ct);
        var near = Path.Combine(control, "cluster");
        var pointer = Path.Combine(control, PointerName);
        if (File.Exists(pointer) && await FollowAsync(control, pointer, ct) is { } elsewhere)
            return elsewhere;

        var user = await PostgresUser.ChooseAsync(near, ct);
        if (user is not null)
            OpenForTraversal(control);
        await PostgresUser.MakeOwnDirectoryAsync(near, user, ct);
        if (await PostgresUser.CanWriteAsync(near, user, ct))
            return await WithSocketDirectoryAsync(new ClusterHome(control, near, user), ct);

        System.IO.Directory.Delete(near, recursive: true);
        return await MakeElsewhereAsync(control, pointer, user, ct);
    }

    /// <summary>Where the locks of a data directory's cluster are.</summary>
    internal static string ControlIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "postgres");

    /// <summary>The folder of the locks of a data directory's cluster, made if it isn't there; a real path, without symbolic links.</summary>
    internal static async Task<string> ControlOfAsync(string dataDirectory, CancellationToken ct)
    {
        var control = ControlIn(dataDirectory);
        System.IO.Directory.CreateDirectory(control);
        var real = await Command.RunAsync("realpath", [control], null, "/", ct);
        return real.Succeeded ? real.Output : control;
    }

    /// <summary>Removes a cluster that lives elsewhere, and what lies in temporary folders; the data directory itself is the caller's.</summary>
    internal void RemoveOutside()
    {
        foreach (var folder in new[] { Directory, SocketDirectory })
            if (!folder.StartsWith(Control + "/", StringComparison.Ordinal) && System.IO.Directory.Exists(folder))
                System.IO.Directory.Delete(folder, recursive: true);
    }

    private static async Task<ClusterHome?> FollowAsync(string control, string pointer, CancellationToken ct)
    {
        var place = (await File.ReadAllTextAsync(pointer, ct)).Trim();
        var owner = Path.Combine(place, OwnerName);
        if (!File.Exists(owner))
            return null;
        var named = (await File.ReadAllTextAsync(owner, ct)).Trim();
        if (named != control)
        {
            // A copied data directory must not share the original's database; a moved one takes its database along.
            var original = Path.Combine(named, PointerName);
            if (File.Exists(original) && (await File.ReadAllTextAsync(original, ct)).Trim() == place)
                return null;
            await File.WriteAllTextAsync(owner, control, ct);
        }
        return await WithSocketDirectoryAsync(
            new ClusterHome(control, place, await PostgresUser.ChooseAsync(place, ct)), ct);
    }

    private static async Task<ClusterHome> MakeElsewhereAsync(string control, string pointer, string? user, CancellationToken ct)
    {
        // A data directory that was deleted and made again must not find its old database: the name is new, and the old one goes.
        var prefix = $"analytics-{Hash(control)}-";
        foreach (var parent in new[] { "/var/lib", "/var/tmp" })
        {
            var place = Path.Combine(parent, prefix + Guid.NewGuid().ToString("N")[..8]);
            await RemoveAbandonedAsync(parent, prefix, control, ct);
            try
            {
                await PostgresUser.MakeOwnDirectoryAsync(place, user, ct);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (!await PostgresUser.CanWriteAsync(place, user, ct))
                continue;
            await File.WriteAllTextAsync(Path.Combine(place, OwnerName), control, ct);
            await File.WriteAllTextAsync(pointer, place, ct);
            return await WithSocketDirectoryAsync(new ClusterHome(control, place, user), ct);
        }
        throw new PrivatePostgresException(
            $"PostgreSQL runs as the user '{user}', who can reach neither {control} nor a folder below /var. "
            + "Choose a Data__Directory which that user can reach (chmod o+x on its parents), or set ConnectionStrings__Postgres.");
    }

    private static async Task RemoveAbandonedAsync(string parent, string prefix, string control, CancellationToken ct)
    {
        foreach (var old in System.IO.Directory.GetDirectories(parent, prefix + "*"))
        {
            var owner = Path.Combine(old, OwnerName);
            if (!File.Exists(owner) || (await File.ReadAllTextAsync(owner, ct)).Trim() != control)
                continue;
            var home = new ClusterHome(control, old, null);
            await PostgresProcesses.EndAllAsync(home.Data, ct);
            home.RemoveOutside();
        }
    }

    private static async Task<ClusterHome> WithSocketDirectoryAsync(ClusterHome home, CancellationToken ct)
    {
        await PostgresUser.MakeOwnDirectoryAsync(home.SocketDirectory, home.User, ct);
        var owner = await PostgresUser.OwnerAsync(home.SocketDirectory, ct);
        var isOurs = owner == (home.User ?? Environment.UserName) && new DirectoryInfo(home.SocketDirectory).LinkTarget is null;
        return isOurs
            ? home
            : throw new PrivatePostgresException($"{home.SocketDirectory} belongs to '{owner}'; remove it and run the command again.");
    }

    private static string SocketDirectoryOf(string home)
    {
        var inside = Path.Combine(home, "run");
        return Encoding.UTF8.GetByteCount(Path.Combine(inside, ".s.PGSQL.5432")) <= Limits.MaxSocketPathBytes
            ? inside
            : Path.Combine(ShortFolder, $"analytics-{Hash(home)}");
    }

    // The folder stays the caller's; others may pass through it by name, never list it.
    private static void OpenForTraversal(string control)
    {
        const UnixFileMode passOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(control, passOnly);
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
