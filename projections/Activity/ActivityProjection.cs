using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections.Activity;

/// <summary>Events by name, and distinct active persons by any calendar period and trailing window.</summary>
public sealed class ActivityProjection : Projection
{
    /// <summary>Its name.</summary>
    public const string ProjectionName = "activity";

    /// <inheritdoc/>
    public override string Name => ProjectionName;

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => ActivityFold.Tables;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Kind == DefinitionKind.Activity ? new ActivityFold(definition.Revision, project.Settings.Calendar) : null;
    }
}
