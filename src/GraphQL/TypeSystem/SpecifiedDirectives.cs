using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The directives that the specification asks of every server. Section 3.13.</summary>
internal static class SpecifiedDirectives
{
    public const string DefaultDeprecationReason = "No longer supported";

    private static readonly string[] s_selections =
        [DirectiveLocations.Field, DirectiveLocations.FragmentSpread, DirectiveLocations.InlineFragment];

    public static readonly Directive Include = new("include", "Takes this field or fragment only if the argument is true.", s_selections,
        new InputField("if", new NonNullType(Scalars.Boolean)) { Description = "Taken if true." });

    public static readonly Directive Skip = new("skip", "Leaves this field or fragment out if the argument is true.", s_selections,
        new InputField("if", new NonNullType(Scalars.Boolean)) { Description = "Left out if true." });

    public static readonly Directive Deprecated = new("deprecated", "Clients should no longer use this element.",
        [DirectiveLocations.FieldDefinition, DirectiveLocations.ArgumentDefinition, DirectiveLocations.InputFieldDefinition, DirectiveLocations.EnumValue],
        new InputField("reason", Scalars.String)
        {
            Description = "Why, and what to use instead, in Markdown.",
            HasDefault = true,
            DefaultValue = DefaultDeprecationReason,
        });

    public static readonly Directive SpecifiedBy = new("specifiedBy", "Where the behaviour of this scalar is specified.", [DirectiveLocations.Scalar],
        new InputField("url", new NonNullType(Scalars.String)) { Description = "The address of the specification." });

    public static readonly Directive OneOf = new("oneOf", "Exactly one field must be given, and it must not be null.", [DirectiveLocations.InputObject]);

    public static readonly IReadOnlyList<Directive> All = [Include, Skip, Deprecated, SpecifiedBy, OneOf];
}
