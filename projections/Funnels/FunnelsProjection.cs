using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projections.Funnels;

/// <summary>Funnels: how many persons took one step after another, over all time, by period of entry and over the named ranges of a definition.</summary>
public sealed class FunnelsProjection : Projection
{
    /// <summary>Its name.</summary>
    public const string ProjectionName = "funnels";

    /// <inheritdoc/>
    public override string Name => ProjectionName;

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => FunnelCells.Tables;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.Kind != DefinitionKind.Funnel) return null;
        var funnel = Definitions.Funnel(definition);
        return funnel.Query.CanBeStored(out _) ? new FunnelFold(definition.Revision, funnel, project.Settings.Calendar) : null;
    }
}
