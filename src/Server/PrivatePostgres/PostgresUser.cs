namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>
/// Which user of the operating system PostgreSQL runs as. It refuses to run as root, so root lends it an unprivileged user.
/// </summary>
internal static class PostgresUser
{
    private const string Preferred = "postgres";

    /// <summary>
    /// The user to run as; null = the caller itself. An existing cluster belongs to whoever made it and can only be run by that user.
    /// </summary>
    /// <exception cref="PrivatePostgresException">The cluster is somebody else's, or root has no user to lend.</exception>
    internal static async Task<string?> ChooseAsync(string clusterDirectory, CancellationToken ct)
    {
        var owner = Directory.Exists(clusterDirectory) ? await OwnerAsync(clusterDirectory, ct) : null;
        if (!Environment.IsPrivilegedProcess)
            return owner is null || owner == Environment.UserName
                ? null
                : throw new PrivatePostgresException(
                    $"The private database in {clusterDirectory} belongs to the user '{owner}', and this is '{Environment.UserName}'. "
                    + $"Run the command as '{owner}' or as root, choose another Data__Directory, or set ConnectionStrings__Postgres.");
        if (owner is not null and not "root")
            return owner;
        if (Exists(Preferred))
            return Preferred;
        var made = await Command.RunAsync(
            "useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", Preferred], null, "/", ct);
        return made.Succeeded
            ? Preferred
            : throw new PrivatePostgresException(
                "PostgreSQL refuses to run as root, and there is no user 'postgres' to run it as. "
                + $"Run: useradd --system postgres - or run this command as an ordinary user. ({made.Output})");
    }

    /// <summary>Makes <paramref name="directory"/>, readable by <paramref name="user"/> only, and its own.</summary>
    internal static async Task MakeOwnDirectoryAsync(string directory, string? user, CancellationToken ct)
    {
        const UnixFileMode onlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory, onlyOwner);
        if (user is null)
            return;
        var given = await Command.RunAsync("chown", ["-h", user, directory], null, "/", ct);
        if (!given.Succeeded)
            throw new PrivatePostgresException($"{directory} can't be given to the user '{user}': {given.Output}");
    }

    /// <summary>Whether <paramref name="user"/> can write into <paramref name="directory"/>, the way through its parents included.</summary>
    internal static async Task<bool> CanWriteAsync(string directory, string? user, CancellationToken ct) =>
        user is null || (await Command.RunAsync("test", ["-w", directory, "-a", "-x", directory], user, "/", ct)).Succeeded;

    /// <summary>The name of the user that owns a file or directory.</summary>
    internal static async Task<string> OwnerAsync(string path, CancellationToken ct)
    {
        string[] arguments = OperatingSystem.IsMacOS() ? ["-f", "%Su", path] : ["-c", "%U", path];
        var found = await Command.RunAsync("stat", arguments, null, "/", ct);
        return found.Succeeded ? found.Output : throw new PrivatePostgresException($"The owner of {path} can't be found: {found.Output}");
    }

    private static bool Exists(string user) =>
        File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(l => l.StartsWith(user + ":", StringComparison.Ordinal));
}
