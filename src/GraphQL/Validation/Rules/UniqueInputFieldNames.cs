using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>No field of an input object is given twice. Section 5.6.3.</summary>
internal sealed class UniqueInputFieldNames(ValidationContext context) : ValidationRule(context)
{
    private readonly Stack<Dictionary<string, NameNode>> _known = new();

    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is ObjectValueNode)
            _known.Push([]);
        else if (node is ObjectFieldNode { Name: var name } && !_known.Peek().TryAdd(name.Value, name))
            Context.Report($"There can be only one input field named \"{name.Value}\".", _known.Peek()[name.Value], name);
        return true;
    }

    public override void Leave(SyntaxNode node)
    {
        if (node is ObjectValueNode)
            _known.Pop();
    }
}
