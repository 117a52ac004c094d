using System.Text;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projects;

/// <summary>The names of the product's streams.</summary>
public static class StreamNames
{
    /// <summary>What the streams of all customers start with.</summary>
    public const string CustomerPrefix = "customer-";

    /// <summary>What the streams of all projects start with.</summary>
    public const string ProjectPrefix = "project-";

    /// <summary>What the streams of all refused events start with.</summary>
    public const string RejectedPrefix = "rejected-";

    [ThreadStatic]
    private static string? lastProject;

    /// <summary>The stream of one customer: <c>customer-{project}-{key}</c>.</summary>
    public static string Customer(string projectId, CustomerKey customer) => $"{CustomerPrefix}{projectId}-{customer}";

    /// <summary>The stream of what a project decided: <c>project-{id}</c>.</summary>
    public static string Project(string projectId) => ProjectPrefix + projectId;

    /// <summary>The stream of the events a project was sent and did not take: <c>rejected-{project}</c>.</summary>
    public static string Rejected(string projectId) => RejectedPrefix + projectId;

    /// <summary>
    /// What a project's customer streams start with. Longer ids can share it (project <c>shop</c> and project <c>shop-eu</c>), so a match still has to be
    /// looked at with <see cref="TryParseCustomer(string, out string, out CustomerKey)"/>.
    /// </summary>
    public static string CustomersOf(string projectId) => $"{CustomerPrefix}{projectId}-";

    /// <summary>Takes a customer stream's name apart. A key holds no dash, so the last dash ends the project's id.</summary>
    /// <returns>False if it is no customer stream.</returns>
    public static bool TryParseCustomer(string stream, out string projectId, out CustomerKey customer)
    {
        ArgumentNullException.ThrowIfNull(stream);
        projectId = "";
        customer = default;
        if (!stream.StartsWith(CustomerPrefix, StringComparison.Ordinal)) return false;
        var dash = stream.Length - CustomerKey.TextLength - 1;
        if (dash <= CustomerPrefix.Length || stream[dash] != '-' || !CustomerKey.TryParse(stream.AsSpan(dash + 1), out customer)) return false;
        projectId = Interned(stream.AsSpan(CustomerPrefix.Length, dash - CustomerPrefix.Length));
        return true;
    }

    /// <summary>As <see cref="TryParseCustomer(string, out string, out CustomerKey)"/>, from the name in UTF-8.</summary>
    /// <returns>False if it is no customer stream.</returns>
    public static bool TryParseCustomer(ReadOnlySpan<byte> stream, out string projectId, out CustomerKey customer)
    {
        projectId = "";
        customer = default;
        if (!stream.StartsWith("customer-"u8)) return false;
        var dash = stream.Length - CustomerKey.TextLength - 1;
        if (dash <= CustomerPrefix.Length || stream[dash] != (byte)'-' || !CustomerKey.TryParse(stream[(dash + 1)..], out customer)) return false;
        projectId = Interned(stream[CustomerPrefix.Length..dash]);
        return true;
    }

    /// <summary>The project of a <c>project-</c> stream.</summary>
    /// <returns>False if it is none.</returns>
    public static bool TryParseProject(string stream, out string projectId)
    {
        ArgumentNullException.ThrowIfNull(stream);
        projectId = stream.StartsWith(ProjectPrefix, StringComparison.Ordinal) ? stream[ProjectPrefix.Length..] : "";
        return ProjectIds.IsValid(projectId);
    }

    // Nearly always the event before was of the same project: then its id is not made again.
    private static string Interned(ReadOnlySpan<byte> projectId)
    {
        if (lastProject is { } last && Ascii.Equals(projectId, last)) return last;
        return lastProject = Encoding.UTF8.GetString(projectId);
    }

    private static string Interned(ReadOnlySpan<char> projectId)
    {
        if (lastProject is { } last && projectId.SequenceEqual(last)) return last;
        return lastProject = projectId.ToString();
    }
}
