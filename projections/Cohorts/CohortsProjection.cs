using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections.Cohorts;

/// <summary>Retention: who of those that started in a period came back in the periods since.</summary>
public sealed class CohortsProjection : Projection
{
    /// <summary>Its name.</summary>
    public const string ProjectionName = "cohorts";

    /// <inheritdoc/>
    public override string Name => ProjectionName;

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => RetentionFold.Tables;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Kind != DefinitionKind.Retention) return null;
        return new RetentionFold(definition.Revision, Definitions.Retention(definition), project.Settings.Calendar, project.Settings.Revenue);
    }
}
