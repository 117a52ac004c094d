using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Selected fields exist on their type. Section 5.3.1.</summary>
internal sealed class FieldsOnCorrectType(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is FieldNode { Name.Value: var name } && Types.ParentType is { } type && Types.Field is null)
        {
            var suggestion = Suggestions.DidYouMean(SuggestedTypes(type, name), "to use an inline fragment on");
            if (suggestion.Length == 0 && type is FieldsType { Fields: var fields })
                suggestion = Suggestions.DidYouMean(Suggestions.For(name, fields.Select(f => f.Name)));
            Context.Report($"Cannot query field \"{name}\" on type \"{type}\"." + suggestion, node);
        }
        return true;
    }

    /// <summary>The possible types of an abstract type that have the field, and what they share, most common first.</summary>
    private List<string> SuggestedTypes(CompositeType type, string field)
    {
        if (type is ObjectType)
            return [];
        var uses = new Dictionary<FieldsType, int>();
        foreach (var possible in Schema.PossibleTypes(type).Where(t => t.FieldNamed(field) is not null))
        {
            uses[possible] = 1;
            foreach (var implemented in possible.Interfaces.Where(i => i.FieldNamed(field) is not null))
                uses[implemented] = uses.GetValueOrDefault(implemented) + 1;
        }
        var types = uses.Keys.ToList();
        types.Sort((a, b) => uses[a] != uses[b] ? uses[b] - uses[a]
            : a is InterfaceType && Schema.IsPossible(a, b) ? -1
            : b is InterfaceType && Schema.IsPossible(b, a) ? 1
            : Suggestions.NaturalCompare(a.Name, b.Name));
        return [.. types.Select(t => t.Name)];
    }
}
