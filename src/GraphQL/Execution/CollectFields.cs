using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>The selections that together make one entry of the response.</summary>
internal sealed class FieldGroup(string responseKey, FieldNode first)
{
    private IReadOnlyDictionary<string, object?>? _arguments;

    public string ResponseKey { get; } = responseKey;

    public FieldNode First { get; } = first;

    public List<FieldNode> Nodes { get; } = [first];

    /// <summary>The field of the schema; null where validation was left out and it has none.</summary>
    public Field? Definition { get; set; }

    /// <summary>The coerced arguments, which are the same for every object of a list.</summary>
    /// <exception cref="CoercionException">They don't fit.</exception>
    public IReadOnlyDictionary<string, object?> Arguments(OperationContext context) =>
        _arguments ??= ArgumentCoercion.CoerceArgumentValues(Definition!.Arguments, First.Arguments, First, context.Variables);
}

/// <summary>The entries of a response object, in order, and the same keys ready for the writer.</summary>
internal sealed class CollectedFields(IReadOnlyList<FieldGroup> groups)
{
    public IReadOnlyList<FieldGroup> Groups { get; } = groups;
}

/// <summary>CollectFields. Section 6.3.2 of the specification.</summary>
internal static class FieldCollector
{
    public static CollectedFields CollectFields(OperationContext context, ObjectType type, SelectionSetNode selectionSet)
    {
        var run = new Run(context.Schema, context.Fragments, context.Variables, type);
        run.Collect(selectionSet);
        return new CollectedFields(run.Groups);
    }

    public static CollectedFields CollectSubfields(OperationContext context, ObjectType type, FieldGroup group)
    {
        var run = new Run(context.Schema, context.Fragments, context.Variables, type);
        foreach (var node in group.Nodes)
        {
            if (node.SelectionSet is { } selectionSet)
                run.Collect(selectionSet);
        }
        return new CollectedFields(run.Groups);
    }

    /// <summary>The root fields of a subscription, before any variable is known: for validation.</summary>
    public static IReadOnlyList<FieldGroup> CollectRootFields(Schema schema, IReadOnlyDictionary<string, FragmentDefinitionNode> fragments,
        ObjectType type, SelectionSetNode selectionSet)
    {
        var run = new Run(schema, fragments, new Dictionary<string, object?>(), type);
        run.Collect(selectionSet);
        return run.Groups;
    }

    private sealed class Run(Schema schema, IReadOnlyDictionary<string, FragmentDefinitionNode> fragments,
        IReadOnlyDictionary<string, object?> variables, ObjectType type)
    {
        private readonly Dictionary<string, FieldGroup> _byKey = new(StringComparer.Ordinal);
        private readonly HashSet<string> _visitedFragments = [];

        public List<FieldGroup> Groups { get; } = [];

        public void Collect(SelectionSetNode selectionSet)
        {
            foreach (var selection in selectionSet.Selections)
            {
                if (!ShouldInclude(selection))
                    continue;
                switch (selection)
                {
                    case FieldNode field:
                        Add(field);
                        break;
                    case InlineFragmentNode inline when Applies(inline.TypeCondition):
                        Collect(inline.SelectionSet);
                        break;
                    case FragmentSpreadNode spread when _visitedFragments.Add(spread.Name.Value)
                        && fragments.TryGetValue(spread.Name.Value, out var fragment) && Applies(fragment.TypeCondition):
                        Collect(fragment.SelectionSet);
                        break;
                }
            }
        }

        private void Add(FieldNode field)
        {
            if (_byKey.TryGetValue(field.ResponseKey, out var group))
            {
                group.Nodes.Add(field);
                return;
            }
            group = new FieldGroup(field.ResponseKey, field) { Definition = schema.FieldOf(type, field.Name.Value) };
            _byKey.Add(field.ResponseKey, group);
            Groups.Add(group);
        }

        private bool ShouldInclude(SelectionNode selection)
        {
            if (selection.Directives.Count == 0)
                return true;
            return Condition(selection, SpecifiedDirectives.Skip) is not true && Condition(selection, SpecifiedDirectives.Include) is not false;
        }

        private bool? Condition(SelectionNode selection, Directive directive)
        {
            var node = selection.Directives.FirstOrDefault(d => d.Name.Value == directive.Name);
            return node is null
                ? null
                : (bool?)ArgumentCoercion.CoerceArgumentValues(directive.Arguments, node.Arguments, node, variables)["if"];
        }

        /// <summary>DoesFragmentTypeApply.</summary>
        private bool Applies(NamedTypeNode? condition) =>
            condition is null || (schema.TypeNamed(condition.Name.Value) is CompositeType asked && schema.IsPossible(asked, type));
    }
}
