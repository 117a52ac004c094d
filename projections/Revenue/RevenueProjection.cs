using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections.Revenue;

/// <summary>Orders, refunds and buyers by period and currency, revenue by acquisition cohort, and recurring revenue with its movements.</summary>
public sealed class RevenueProjection : Projection
{
    /// <summary>Its name.</summary>
    public const string ProjectionName = "revenue";

    /// <inheritdoc/>
    public override string Name => ProjectionName;

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => RevenueTables.All;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Kind != DefinitionKind.Revenue) return null;
        return new CompositeFold(
            new RevenueFold(definition.Revision, project.Settings.Revenue, project.Settings.Calendar),
            new CohortRevenueFold(definition.Revision, project.Settings.Revenue, project.Settings.Calendar),
            new MrrFold(definition.Revision, project.Settings.Revenue, project.Settings.Calendar));
    }
}
