using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Projects;

/// <summary>A project: its settings, definitions and numbers.</summary>
[GraphQLName("Project")]
public sealed class ProjectNode
{
    internal ProjectNode(Project project) => Project = project;

    /// <summary>Its id.</summary>
    [ID]
    public string Id => Project.Id;

    /// <summary>Its name, for people.</summary>
    public string Name => Project.Name;

    /// <summary>IANA name of the zone that days, weeks and months are cut in.</summary>
    public string TimeZone => Project.Settings.TimeZone;

    /// <summary>First day of a week.</summary>
    public DayOfWeek WeekStart => Project.Settings.WeekStart;

    /// <summary>Currency of orders that name none.</summary>
    public string DefaultCurrency => Project.Settings.Revenue.DefaultCurrency;

    /// <summary>The keys that are not revoked; never the keys themselves.</summary>
    public IReadOnlyList<KeyInfo> Keys => [.. Project.Keys.Values.OrderBy(key => key.Name, StringComparer.Ordinal).Select(key => new KeyInfo(key.Id, key.Kind, key.Name, key.CustomerData, key.Domain))];

    /// <summary>What the project expects of its events.</summary>
    public TrackingPlan TrackingPlan => Project.TrackingPlan;

    internal Project Project { get; }
}

/// <summary>A key, without its text.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Kind">What it opens.</param>
/// <param name="Name">What it is for.</param>
/// <param name="CustomerData">True if it may see single customers.</param>
/// <param name="Domain">The only host it may be used from.</param>
public sealed record KeyInfo([property: ID] string Id, KeyKind Kind, string Name, bool CustomerData, string? Domain);

/// <summary>Where everything starts.</summary>
[QueryType]
public static class ProjectQueries
{
    /// <summary>A project; null if there is none of this id or the key doesn't open it.</summary>
    public static ProjectNode? GetProject([ID] string id, IResolverContext context, [Service] ProjectsView projects)
    {
        Guard.Read(context.User, id);
        return projects.Projects.TryGetValue(id, out var project) ? new ProjectNode(project) : null;
    }

    /// <summary>The projects that the key opens.</summary>
    public static IReadOnlyList<ProjectNode> GetProjects(IResolverContext context, [Service] ProjectsView projects) =>
        [.. projects.Projects.Values.Where(project => context.User.MayRead(project.Id)).OrderBy(project => project.Id, StringComparer.Ordinal).Select(project => new ProjectNode(project))];
}
