using System.Security.Claims;
using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>The call of one resolver.</summary>
internal sealed class ResolverContext(OperationContext operation, ObjectType objectType, object? source, FieldGroup group, Path path,
    IReadOnlyDictionary<string, object?> arguments) : IResolverContext
{
    public OperationContext Operation { get; } = operation;

    public Schema Schema => Operation.Schema;

    public ObjectType ObjectType { get; } = objectType;

    /// <summary>The parent object; for subscription fields, the event.</summary>
    public object? Source { get; } = source;

    /// <summary>The coerced arguments, still without their C# classes.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; } = arguments;

    public string FieldName => group.First.Name.Value;

    public string ResponseKey => group.ResponseKey;

    public IReadOnlyList<object> Path => path.ToList();

    public IServiceProvider Services => Operation.Services;

    public ClaimsPrincipal User => Operation.Request.User;

    public HttpContext? HttpContext => Operation.Request.HttpContext;

    public IDictionary<string, object?> State => Operation.Request.State;

    public CancellationToken RequestAborted => Operation.Cancellation;

    public T Parent<T>() => (T)Source!;

    public T? ArgumentValue<T>(string name) => Arguments.TryGetValue(name, out var value) ? (T?)InputBinder.For(typeof(T))(value) : default;

    public bool IsSelected(string fieldName)
    {
        if (group.Definition!.Type.Named is not CompositeType type)
            return false;
        return Operation.Schema.PossibleTypes(type)
            .Any(possible => Operation.CollectSubfields(possible, group).Groups.Any(selected => selected.First.Name.Value == fieldName));
    }

    public bool IsSelectedBelow(params IReadOnlyCollection<string> fieldNames)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return group.Nodes.Any(node => IsIn(node.SelectionSet));

        bool IsIn(SelectionSetNode? set) => set is not null && set.Selections.Any(selection => selection switch
        {
            FieldNode field => fieldNames.Contains(field.Name.Value) || IsIn(field.SelectionSet),
            InlineFragmentNode inline => IsIn(inline.SelectionSet),
            FragmentSpreadNode spread => seen.Add(spread.Name.Value) && Operation.Fragments.TryGetValue(spread.Name.Value, out var fragment) && IsIn(fragment.SelectionSet),
            _ => false,
        });
    }

    public void ReportError(GraphQLException error) =>
        Operation.ReportError(GraphQLError.At(Operation.Document, error.Message, group.Nodes) with { Path = Path, Extensions = error.Extensions });
}
