using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>
/// Depth and cost of an operation before it runs. Each field costs 1; what is asked of a connection counts once for each item of the page.
/// Introspection is free here, since validation limits it on its own.
/// </summary>
internal sealed class OperationCost
{
    private readonly Schema _schema;
    private readonly GraphQLOptions _options;
    private readonly PreparedDocument _prepared;
    private readonly IReadOnlyDictionary<string, object?> _variables;
    private double _cost;
    private int _steps;

    private OperationCost(Schema schema, GraphQLOptions options, PreparedDocument prepared, IReadOnlyDictionary<string, object?> variables)
    {
        _schema = schema;
        _options = options;
        _prepared = prepared;
        _variables = variables;
    }

    /// <summary>The error if the operation is too deep or too costly; null if it may run.</summary>
    public static GraphQLError? Check(Schema schema, GraphQLOptions options, PreparedDocument prepared, OperationDefinitionNode operation,
        IReadOnlyDictionary<string, object?> variables)
    {
        var cost = new OperationCost(schema, options, prepared, variables);
        var error = cost.Visit(operation.SelectionSet, schema.RootType(operation.Operation), 1, 1);
        return error?.WithCode(ErrorCodes.LimitExceeded);
    }

    private GraphQLError? Visit(SelectionSetNode selectionSet, GraphQLType? type, int depth, double times)
    {
        foreach (var selection in selectionSet.Selections)
        {
            // Fragments that only spread each other cost nothing, but walking them does.
            if (++_steps > _options.MaxCost)
                return TooCostly();
            var error = selection switch
            {
                FieldNode field => Visit(field, type, depth, times),
                InlineFragmentNode inline => Visit(inline.SelectionSet, inline.TypeCondition is { } on ? _schema.TypeNamed(on.Name.Value) : type, depth, times),
                FragmentSpreadNode spread when _prepared.Fragments.TryGetValue(spread.Name.Value, out var fragment) =>
                    Visit(fragment.SelectionSet, _schema.TypeNamed(fragment.TypeCondition.Name.Value), depth, times),
                _ => null,
            };
            if (error is not null)
                return error;
        }
        return null;
    }

    private GraphQLError? Visit(FieldNode node, GraphQLType? type, int depth, double times)
    {
        if (node.Name.Value.StartsWith("__", StringComparison.Ordinal))
            return null;
        if (depth > _options.MaxDepth)
            return GraphQLError.At(_prepared.Document!, $"The operation is deeper than {_options.MaxDepth} levels of fields.", node);
        _cost += times;
        if (_cost > _options.MaxCost)
            return TooCostly();
        var field = _schema.FieldOf(type, node.Name.Value);
        if (node.SelectionSet is null || field is null)
            return null;
        return Visit(node.SelectionSet, field.Type.Named, depth + 1, field.DefaultPageSize == 0 ? times : times * PageSize(node, field));
    }

    private double PageSize(FieldNode node, Field field)
    {
        foreach (var argument in node.Arguments.Where(a => a.Name.Value is "first" or "last"))
        {
            if (LiteralCoercion.TryCoerce(argument.Value, Scalars.Int, _variables, out var value) && value is int size)
                return Math.Max(1, size);
        }
        return field.DefaultPageSize;
    }

    private GraphQLError TooCostly() =>
        new($"The operation asks for more than {_options.MaxCost} fields, counting those of a page once for each of its items. Ask for less at once.");
}
