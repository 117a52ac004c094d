using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Fields and directives have the arguments they are given. Section 5.4.1.</summary>
internal sealed class KnownArgumentNames(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        switch (node)
        {
            case DirectiveNode directive:
                if (Schema.DirectiveNamed(directive.Name.Value) is { } definition)
                    Check(directive, definition);
                return false;
            case ArgumentNode { Name.Value: var name } when Types.Argument is null && Types.Field is { } field && Types.ParentType is { } type:
                Context.Report($"Unknown argument \"{name}\" on field \"{type}.{field.Name}\"." + Suggest(name, field.Arguments), node);
                break;
        }
        return true;
    }

    private void Check(DirectiveNode directive, Directive definition)
    {
        foreach (var argument in directive.Arguments.Where(a => definition.Arguments.All(known => known.Name != a.Name.Value)))
            Context.Report($"Unknown argument \"{argument.Name.Value}\" on directive \"@{definition.Name}\"." + Suggest(argument.Name.Value, definition.Arguments), argument);
    }

    private static string Suggest(string name, IReadOnlyList<InputField> arguments) =>
        Suggestions.DidYouMean(Suggestions.For(name, arguments.Select(argument => argument.Name)));
}
