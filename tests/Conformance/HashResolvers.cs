using System.Globalization;
using System.Text;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.GraphQL.Execution;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.Conformance.GraphQL;

/// <summary>Resolvers whose values are made of nothing but the place in the response and the arguments; graphql/resolvers.mjs makes the same ones.</summary>
internal static class HashResolvers
{
    private sealed record Mock(ObjectType Type);

    public static Schema Attach(Schema schema)
    {
        foreach (var field in new[] { schema.Query, schema.Mutation! }.Concat(schema.Types.OfType<ObjectType>()).Distinct()
            .Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal) && type != schema.Subscription).SelectMany(type => type.Fields))
        {
            field.Getter = null;
            field.AsyncResolver = null;
            field.Resolver = context => Resolve(context, field);
        }
        return new Schema(schema.Query, schema.Mutation, schema.Subscription, schema.Types) { ResolveType = value => ((Mock)value).Type };
    }

    private static object? Resolve(ResolverContext context, Field field)
    {
        var given = field.Arguments.Where(a => context.Arguments.ContainsKey(a.Name))
            .Select(a => $"{a.Name}={AstFromValue.Print(context.Arguments[a.Name], a.Type)}");
        var hash = Hash($"{string.Join('.', context.Path)}|{field.Name}|{string.Join(',', given)}");
        if (hash % 23 == 0)
            throw new GraphQLException($"boom {hash}");
        return ValueOf(context.Schema, field.Type, hash);
    }

    private static object? ValueOf(Schema schema, GraphQLType type, uint hash)
    {
        if (type is NonNullType nonNull)
            return hash % 29 == 0 ? null : Present(schema, nonNull.OfType, hash);
        return hash % 7 == 0 ? null : Present(schema, type, hash);
    }

    private static object Present(Schema schema, GraphQLType type, uint hash)
    {
        switch (type)
        {
            case ListType list:
                return Enumerable.Range(0, (int)(hash % 4)).Select(i => ValueOf(schema, list.OfType, Hash($"{hash}:{i}"))).ToList();
            case EnumType e:
                return e.Values[(int)(hash % e.Values.Count)].Value;
            case ObjectType o:
                return new Mock(o);
            case CompositeType abstractType:
                var possible = schema.PossibleTypes(abstractType).OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
                return new Mock(possible[(int)(hash % possible.Count)]);
        }
        return type.ToString() switch
        {
            "Int" => (int)(hash % 2000) - 1000,
            "Float" => hash % 1000 / 4.0,
            "String" => "s" + (hash % 1000).ToString(CultureInfo.InvariantCulture),
            "Boolean" => hash % 2 == 0,
            _ => "id" + (hash % 100).ToString(CultureInfo.InvariantCulture),
        };
    }

    private static uint Hash(string text)
    {
        var hash = 0x811c9dc5u;
        foreach (var b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 0x01000193u;
        hash = (hash ^ (hash >> 16)) * 0x7feb352du;
        return hash ^ (hash >> 15);
    }
}
