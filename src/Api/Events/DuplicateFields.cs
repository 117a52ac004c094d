using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Events;

/// <summary>Messages that came again.</summary>
[ObjectType<ProjectNode>]
public static class ProjectDuplicateFields
{
    /// <summary>How many messages were skipped because the same customer had sent them before; with <c>after</c>, of those only that came behind a position.</summary>
    public static Task<long> GetDuplicatesAsync(
        [Parent] ProjectNode project, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken, string? after = null)
    {
        Guard.Read(context.User, project.Id);
        return engine.CountDuplicatesAsync(project.Id, after is null ? null : Positions.Parse(after), cancellationToken);
    }
}
