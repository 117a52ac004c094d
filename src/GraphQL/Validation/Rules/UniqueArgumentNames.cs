using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>No argument is given twice. Section 5.4.2.</summary>
internal sealed class UniqueArgumentNames(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        var arguments = node switch { FieldNode n => n.Arguments, DirectiveNode n => n.Arguments, _ => [] };
        foreach (var group in arguments.GroupBy(argument => argument.Name.Value).Where(group => group.Skip(1).Any()))
            Context.Report($"There can be only one argument named \"{group.Key}\".", group.Select(argument => argument.Name));
        return true;
    }
}
