using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Leaves have no selection, and all else has one. Section 5.3.3.</summary>
internal sealed class ScalarLeafs(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is FieldNode field && Types.Type is { } type)
        {
            var name = field.Name.Value;
            if (type.Named.IsLeaf && field.SelectionSet is { } selectionSet)
                Context.Report($"Field \"{name}\" must not have a selection since type \"{type}\" has no subfields.", selectionSet);
            else if (!type.Named.IsLeaf && field.SelectionSet is null)
                Context.Report($"Field \"{name}\" of type \"{type}\" must have a selection of subfields. Did you mean \"{name} {{ ... }}\"?", node);
        }
        return true;
    }
}
