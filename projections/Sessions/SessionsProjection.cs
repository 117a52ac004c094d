using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections.Sessions;

/// <summary>Sessions by hour and day of their first event, and the pages they were entered and left on.</summary>
public sealed class SessionsProjection : Projection
{
    /// <summary>Its name.</summary>
    public const string ProjectionName = "sessions";

    /// <inheritdoc/>
    public override string Name => ProjectionName;

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => SessionFold.Tables;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(definition);
        return definition.Kind == DefinitionKind.Activity ? new SessionFold(definition.Revision, project.Settings.Calendar) : null;
    }
}
