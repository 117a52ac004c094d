using System.Security.Cryptography;
using EventSourcedAnalytics.Api.Access;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>The admin key in the data directory, readable by its owner only.</summary>
internal static class AdminKeyFile
{
    private const string FileName = "admin.key";

    /// <summary>The configured key, or that of the file; the file is made if it is missing.</summary>
    public static AdminKey Resolve(ServerSettings settings)
    {
        if (settings.AdminKey is { } configured) return new AdminKey(configured);
        var path = Path.Combine(settings.DataDirectory, FileName);
        if (File.Exists(path)) return new AdminKey(File.ReadAllText(path).Trim());
        Directory.CreateDirectory(settings.DataDirectory);
        var text = "ak_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
            using var writer = new StreamWriter(file);
            writer.WriteLine(text);
        }
        catch (IOException) when (File.Exists(path))
        {
            return new AdminKey(File.ReadAllText(path).Trim());
        }
        return new AdminKey(text);
    }
}
