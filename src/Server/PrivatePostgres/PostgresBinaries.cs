using System.Globalization;

namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>An installed PostgreSQL: its major version and the folder of its programs.</summary>
internal sealed record PostgresBinaries(int MajorVersion, string Folder)
{
    internal const int OldestMajorVersion = 14;

    private const string HowToInstall =
        "Run: sudo apt-get update && sudo apt-get install -y postgresql-15 - or set ConnectionStrings__Postgres to a server that you already have.";

    internal string Initdb => Path.Combine(Folder, "initdb");
    internal string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>
    /// The programs for a cluster made by <paramref name="clusterVersion"/> (0: a new cluster, the newest installed version).
    /// </summary>
    /// <exception cref="PrivatePostgresException">No fitting version is installed.</exception>
    internal static PostgresBinaries Find(int clusterVersion, string clusterDirectory)
    {
        var installed = Installed().ToList();
        if (clusterVersion == 0)
            return installed.Where(i => i.MajorVersion >= OldestMajorVersion).MaxBy(i => i.MajorVersion)
                ?? throw new PrivatePostgresException($"PostgreSQL {OldestMajorVersion} or newer is not installed. {HowToInstall}");
        return installed.Find(i => i.MajorVersion == clusterVersion)
            ?? throw new PrivatePostgresException(
                $"The private database in {clusterDirectory} was made by PostgreSQL {clusterVersion}, which is not installed. "
                + $"Run: sudo apt-get install -y postgresql-{clusterVersion} - or remove that directory: the read models are rebuilt from the log.");
    }

    private static IEnumerable<PostgresBinaries> Installed()
    {
        IEnumerable<string> roots = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"];
        foreach (var folder in roots.Where(Directory.Exists).SelectMany(Directory.GetDirectories))
        {
            var name = Path.GetFileName(folder).Replace("postgresql@", "", StringComparison.Ordinal);
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                && File.Exists(Path.Combine(folder, "bin", "initdb")))
                yield return new PostgresBinaries(version, Path.Combine(folder, "bin"));
        }
        foreach (var version in Enumerable.Range(OldestMajorVersion, 20))
            if (File.Exists($"/usr/pgsql-{version}/bin/initdb"))
                yield return new PostgresBinaries(version, $"/usr/pgsql-{version}/bin");
    }
}
