using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Where the schema is not for clients to read, meta fields can't be selected.</summary>
internal sealed class NoSchemaIntrospection(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is FieldNode { Name.Value: "__schema" or "__type" } field)
            Context.Report($"Introspection is not allowed here, but the request selects \"{field.Name.Value}\".", node);
        return true;
    }
}
