using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>All that belongs to one run of an operation. Touched only on its <see cref="BatchScheduler"/>, so that nothing here is locked.</summary>
internal sealed class OperationContext
{
    private readonly List<GraphQLError> _errors = [];
    private readonly HashSet<Path> _nulled = [];
    private readonly Dictionary<(ObjectType, FieldGroup), CollectedFields> _subfields = [];
    private readonly Dictionary<DataLoaderDefinition, object> _loaders = [];
    private bool _rootNulled;

    public required Schema Schema { get; init; }

    public required DocumentNode Document { get; init; }

    public required OperationDefinitionNode Operation { get; init; }

    public required IReadOnlyDictionary<string, FragmentDefinitionNode> Fragments { get; init; }

    public required IReadOnlyDictionary<string, object?> Variables { get; init; }

    public required OperationRequest Request { get; init; }

    public required IServiceProvider Services { get; init; }

    public required ILogger Logger { get; init; }

    public required CancellationToken Cancellation { get; init; }

    public required bool ShowExceptionDetails { get; init; }

    public BatchScheduler Scheduler { get; } = new();

    public IReadOnlyList<GraphQLError> Errors => _errors;

    /// <summary>Keeps an error unless its place in the response has become null already, with an error of its own.</summary>
    public void AddError(GraphQLError error, Path? path)
    {
        for (var place = path; place is not null; place = place.Parent)
        {
            if (_nulled.Contains(place))
                return;
        }
        if (_rootNulled)
            return;
        _errors.Add(error);
        if (path is null)
            _rootNulled = true;
        else
            _nulled.Add(path);
    }

    /// <summary>Keeps an error at a place that has a value all the same.</summary>
    public void ReportError(GraphQLError error) => _errors.Add(error);

    /// <summary>CollectSubfields, once for all objects of a list.</summary>
    public CollectedFields CollectSubfields(ObjectType type, FieldGroup group)
    {
        if (_subfields.TryGetValue((type, group), out var known))
            return known;
        return _subfields[(type, group)] = FieldCollector.CollectSubfields(this, type, group);
    }

    public object Loader(DataLoaderDefinition definition)
    {
        if (_loaders.TryGetValue(definition, out var known))
            return known;
        return _loaders[definition] = definition.Create(this);
    }
}
