using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Literals fit the types of their places. Sections 5.6.1, 5.6.2 and 5.6.4.</summary>
internal sealed class ValuesOfCorrectType(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        switch (node)
        {
            case ListValueNode list when Types.ParentInputType?.Nullable is not ListType:
                CheckLeaf(list);
                return false;
            case ObjectValueNode literal when Types.InputType?.Named is not InputObjectType:
                CheckLeaf(literal);
                return false;
            case ObjectValueNode literal:
                CheckObject(literal, (InputObjectType)Types.InputType!.Named);
                break;
            case ObjectFieldNode { Name.Value: var name } when Types.InputType is null && Types.ParentInputType?.Named is InputObjectType type:
                Context.Report($"Field \"{name}\" is not defined by type \"{type}\"." + Suggestions.DidYouMean(Suggestions.For(name, type.Fields.Select(f => f.Name))), node);
                break;
            case NullValueNode when Types.InputType is NonNullType type:
                Context.Report($"Expected value of type \"{type}\", found null.", node);
                break;
            case ValueNode value and not (NullValueNode or ListValueNode or VariableNode):
                CheckLeaf(value);
                break;
        }
        return true;
    }

    private void CheckLeaf(ValueNode node)
    {
        if (Types.InputType is not { } expected)
            return;
        if (!expected.Named.IsLeaf)
        {
            Context.Report($"Expected value of type \"{expected}\", found {Printer.Print(node)}.", node);
            return;
        }
        try
        {
            _ = expected.Named is EnumType e ? e.ParseLiteral(node) : ((ScalarType)expected.Named).ParseLiteral(node);
        }
        catch (GraphQLException error)
        {
            Context.Report(error.Message, node);
        }
    }

    private void CheckObject(ObjectValueNode node, InputObjectType type)
    {
        var given = node.Fields.GroupBy(field => field.Name.Value).ToDictionary(group => group.Key, group => group.Last());
        foreach (var field in type.Fields.Where(field => field.IsRequired && !given.ContainsKey(field.Name)))
            Context.Report($"Field \"{type}.{field.Name}\" of required type \"{field.Type}\" was not provided.", node);
        if (!type.IsOneOf)
            return;
        if (given.Count != 1)
            Context.Report($"OneOf Input Object \"{type}\" must specify exactly one key.", node);
        else if (given.First().Value.Value is NullValueNode)
            Context.Report($"Field \"{type}.{given.First().Key}\" must be non-null.", node);
    }
}
