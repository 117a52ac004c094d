using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Which types stand at the node that a walk has reached.</summary>
internal sealed class TypeInfo(Schema schema)
{
    private readonly Stack<GraphQLType?> _types = new();
    private readonly Stack<CompositeType?> _parentTypes = new();
    private readonly Stack<Field?> _fields = new();
    private readonly Stack<InputPosition> _inputs = new();

    /// <summary>The output type of the field or fragment.</summary>
    public GraphQLType? Type => _types.TryPeek(out var type) ? type : null;

    /// <summary>The type whose fields are selected.</summary>
    public CompositeType? ParentType => _parentTypes.TryPeek(out var type) ? type : null;

    public Field? Field => _fields.TryPeek(out var definition) ? definition : null;

    public Directive? Directive { get; private set; }

    public InputField? Argument { get; private set; }

    /// <summary>The type that the value should have.</summary>
    public GraphQLType? InputType => _inputs.TryPeek(out var input) ? input.Type : null;

    /// <summary>The type that contains the value: the list of an item, the object of a field.</summary>
    public GraphQLType? ParentInputType => _inputs.Skip(1).FirstOrDefault().Type;

    /// <summary>Whether the place of the value has a default.</summary>
    public bool HasDefault => _inputs.TryPeek(out var input) && input.HasDefault;

    public void Enter(SyntaxNode node)
    {
        switch (node)
        {
            case SelectionSetNode:
                _parentTypes.Push(Type?.Named as CompositeType);
                break;
            case FieldNode field:
                var definition = ParentType is { } parent ? schema.FieldOf(parent, field.Name.Value) : null;
                _fields.Push(definition);
                _types.Push(definition?.Type);
                break;
            case DirectiveNode directive:
                Directive = schema.DirectiveNamed(directive.Name.Value);
                break;
            case OperationDefinitionNode operation:
                _types.Push(schema.RootType(operation.Operation));
                break;
            case InlineFragmentNode inline:
                _types.Push(inline.TypeCondition is { } condition ? OutputTypeNamed(condition) : Type?.Named);
                break;
            case FragmentDefinitionNode fragment:
                _types.Push(OutputTypeNamed(fragment.TypeCondition));
                break;
            case VariableDefinitionNode variable:
                _inputs.Push(new InputPosition(schema.TypeFromAst(variable.Type) is { IsInput: true } type ? type : null, false));
                break;
            case ArgumentNode argument:
                var name = argument.Name.Value;
                Argument = Directive is null ? Field?.ArgumentNamed(name) : Directive.Arguments.FirstOrDefault(a => a.Name == name);
                _inputs.Push(new InputPosition(Argument?.Type, Argument?.HasDefault == true));
                break;
            case ListValueNode:
                var list = InputType?.Nullable;
                _inputs.Push(new InputPosition(list is ListType l ? l.OfType : list, false));
                break;
            case ObjectFieldNode objectField:
                var input = (InputType?.Named as InputObjectType)?.FieldNamed(objectField.Name.Value);
                _inputs.Push(new InputPosition(input?.Type, input?.HasDefault == true));
                break;
        }
    }

    public void Leave(SyntaxNode node)
    {
        switch (node)
        {
            case SelectionSetNode:
                _parentTypes.Pop();
                break;
            case FieldNode:
                _fields.Pop();
                _types.Pop();
                break;
            case DirectiveNode:
                Directive = null;
                break;
            case OperationDefinitionNode or InlineFragmentNode or FragmentDefinitionNode:
                _types.Pop();
                break;
            case ArgumentNode:
                Argument = null;
                _inputs.Pop();
                break;
            case VariableDefinitionNode or ListValueNode or ObjectFieldNode:
                _inputs.Pop();
                break;
        }
    }

    private NamedType? OutputTypeNamed(NamedTypeNode node) => schema.TypeNamed(node.Name.Value) is { } type and not InputObjectType ? type : null;

    private readonly record struct InputPosition(GraphQLType? Type, bool HasDefault);
}
