using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Introspection;

/// <summary>The types by which a schema describes itself. Section 4 of the specification.</summary>
internal static class MetaTypes
{
    private static readonly ObjectType s_schema = new("__Schema", "What a server can do: its types, its directives and where operations start.");
    private static readonly ObjectType s_type = new("__Type", "A type of the schema. Which fields have a value depends on its kind.");
    private static readonly ObjectType s_field = new("__Field", "A field of an object or interface.");
    private static readonly ObjectType s_inputValue = new("__InputValue", "An argument, or a field of an input object.");
    private static readonly ObjectType s_enumValue = new("__EnumValue", "A value of an enum.");
    private static readonly ObjectType s_directive = new("__Directive", "A directive that the server knows.");

    private static readonly EnumType s_typeKind = new("__TypeKind", "Which kind of type a __Type is.",
        [.. new[] { "SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL" }.Select(k => new EnumValue(k, k, null, null))]);

    private static readonly EnumType s_directiveLocation = new("__DirectiveLocation", "A place at which a directive may stand.",
        [.. DirectiveLocations.All.Select(location => new EnumValue(location, location, null, null))]);

    public static readonly NamedType[] All = [s_schema, s_directive, s_directiveLocation, s_type, s_field, s_inputValue, s_enumValue, s_typeKind];

    public static readonly Field SchemaField = new("__schema", NonNull(s_schema)) { Resolver = context => context.Schema };

    public static readonly Field TypeField = new("__type", s_type)
    {
        Arguments = [new InputField("name", NonNull(Scalars.String))],
        Resolver = context => context.Schema.TypeNamed((string)context.Arguments["name"]!),
    };

    public static readonly Field TypeName = new("__typename", NonNull(Scalars.String)) { Resolver = context => context.ObjectType.Name };

    static MetaTypes()
    {
        AddSchemaFields();
        AddTypeFields();
        AddMemberFields();
        AddDirectiveFields();
    }

    private static void AddSchemaFields()
    {
        // The schema's own description; this server's schemas have none.
        Add<Schema>(s_schema, "description", Scalars.String, _ => null);
        Add<Schema>(s_schema, "types", ListOf(s_type), schema => schema.Types);
        Add<Schema>(s_schema, "queryType", NonNull(s_type), schema => schema.Query);
        Add<Schema>(s_schema, "mutationType", s_type, schema => schema.Mutation);
        Add<Schema>(s_schema, "subscriptionType", s_type, schema => schema.Subscription);
        Add<Schema>(s_schema, "directives", ListOf(s_directive), schema => schema.Directives);
    }

    private static void AddTypeFields()
    {
        Add<GraphQLType>(s_type, "kind", NonNull(s_typeKind), KindOf);
        Add<GraphQLType>(s_type, "name", Scalars.String, type => (type as NamedType)?.Name);
        Add<GraphQLType>(s_type, "description", Scalars.String, type => (type as NamedType)?.Description);
        Add<GraphQLType>(s_type, "specifiedByURL", Scalars.String, type => (type as ScalarType)?.SpecifiedByUrl);
        AddFiltered<GraphQLType>(s_type, "fields", ((NonNullType)ListOf(s_field)).OfType,
            (type, all) => (type as FieldsType)?.Fields.Where(field => all || field.DeprecationReason is null));
        Add<GraphQLType>(s_type, "interfaces", ((NonNullType)ListOf(s_type)).OfType, type => (type as FieldsType)?.Interfaces);
        s_type.Add(new Field("possibleTypes", ((NonNullType)ListOf(s_type)).OfType)
        {
            Resolver = context => context.Source is InterfaceType or UnionType ? context.Schema.PossibleTypes((CompositeType)context.Source) : null,
        });
        AddFiltered<GraphQLType>(s_type, "enumValues", ((NonNullType)ListOf(s_enumValue)).OfType,
            (type, all) => (type as EnumType)?.Values.Where(value => all || value.DeprecationReason is null));
        AddFiltered<GraphQLType>(s_type, "inputFields", ((NonNullType)ListOf(s_inputValue)).OfType,
            (type, all) => (type as InputObjectType)?.Fields.Where(field => all || field.DeprecationReason is null));
        Add<GraphQLType>(s_type, "ofType", s_type, type => type switch { ListType t => t.OfType, NonNullType t => t.OfType, _ => null });
        Add<GraphQLType>(s_type, "isOneOf", Scalars.Boolean, type => (type as InputObjectType)?.IsOneOf);
    }

    private static void AddMemberFields()
    {
        Add<Field>(s_field, "name", NonNull(Scalars.String), field => field.Name);
        Add<Field>(s_field, "description", Scalars.String, field => field.Description);
        AddFiltered<Field>(s_field, "args", ListOf(s_inputValue), (field, all) => field.Arguments.Where(a => all || a.DeprecationReason is null));
        Add<Field>(s_field, "type", NonNull(s_type), field => field.Type);
        Add<Field>(s_field, "isDeprecated", NonNull(Scalars.Boolean), field => field.DeprecationReason is not null);
        Add<Field>(s_field, "deprecationReason", Scalars.String, field => field.DeprecationReason);

        Add<InputField>(s_inputValue, "name", NonNull(Scalars.String), input => input.Name);
        Add<InputField>(s_inputValue, "description", Scalars.String, input => input.Description);
        Add<InputField>(s_inputValue, "type", NonNull(s_type), input => input.Type);
        Add<InputField>(s_inputValue, "defaultValue", Scalars.String,
            input => input.HasDefault ? AstFromValue.Print(input.DefaultValue, input.Type) : null);
        Add<InputField>(s_inputValue, "isDeprecated", NonNull(Scalars.Boolean), input => input.DeprecationReason is not null);
        Add<InputField>(s_inputValue, "deprecationReason", Scalars.String, input => input.DeprecationReason);

        Add<EnumValue>(s_enumValue, "name", NonNull(Scalars.String), value => value.Name);
        Add<EnumValue>(s_enumValue, "description", Scalars.String, value => value.Description);
        Add<EnumValue>(s_enumValue, "isDeprecated", NonNull(Scalars.Boolean), value => value.DeprecationReason is not null);
        Add<EnumValue>(s_enumValue, "deprecationReason", Scalars.String, value => value.DeprecationReason);
    }

    private static void AddDirectiveFields()
    {
        Add<Directive>(s_directive, "name", NonNull(Scalars.String), directive => directive.Name);
        Add<Directive>(s_directive, "description", Scalars.String, directive => directive.Description);
        Add<Directive>(s_directive, "isRepeatable", NonNull(Scalars.Boolean), _ => false);
        Add<Directive>(s_directive, "locations", ListOf(s_directiveLocation), directive => directive.Locations);
        AddFiltered<Directive>(s_directive, "args", ListOf(s_inputValue), (directive, _) => directive.Arguments);
    }

    private static string KindOf(GraphQLType type) => type switch
    {
        ScalarType => "SCALAR",
        ObjectType => "OBJECT",
        InterfaceType => "INTERFACE",
        UnionType => "UNION",
        EnumType => "ENUM",
        InputObjectType => "INPUT_OBJECT",
        ListType => "LIST",
        _ => "NON_NULL",
    };

    private static void Add<T>(ObjectType type, string name, GraphQLType fieldType, Func<T, object?> get) =>
        type.Add(new Field(name, fieldType) { Getter = source => get((T)source) });

    /// <summary>Adds a field that leaves deprecated elements out unless its argument asks for them.</summary>
    private static void AddFiltered<T>(ObjectType type, string name, GraphQLType fieldType, Func<T, bool, object?> get) =>
        type.Add(new Field(name, fieldType)
        {
            Arguments = [new InputField("includeDeprecated", Scalars.Boolean) { HasDefault = true, DefaultValue = false }],
            Resolver = context => get((T)context.Source!, context.Arguments["includeDeprecated"] is true),
        });

    private static NonNullType NonNull(GraphQLType type) => new(type);

    private static NonNullType ListOf(GraphQLType type) => NonNull(new ListType(NonNull(type)));
}
