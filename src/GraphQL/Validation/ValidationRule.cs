using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>One rule of section 5 of the specification, over one document.</summary>
internal abstract class ValidationRule(ValidationContext context)
{
    protected ValidationContext Context { get; } = context;

    protected Schema Schema => Context.Schema;

    protected TypeInfo Types => Context.TypeInfo;

    /// <summary>Sees a node on the way down. False: this rule need not see what is below it.</summary>
    public virtual bool Enter(SyntaxNode node, SyntaxNode? parent) => true;

    /// <summary>Sees a node on the way up.</summary>
    public virtual void Leave(SyntaxNode node)
    {
    }
}
