using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Conformance.GraphQL;

// A schema with every kind of type, nullability and default; its resolvers are replaced by HashResolvers.

/// <summary>A colour.
/// On two lines.</summary>
public enum Color
{
    /// <summary>As a tomato.</summary>
    Red,
    Green,
    [GraphQLDeprecated("Too \"blue\"")]
    DarkBlue,
}

[InterfaceType]
[GraphQLName("Named")]
public interface INamed
{
    string? Name { get; }
}

[InterfaceType]
[GraphQLName("Animal")]
public interface IAnimal : INamed
{
    [ID]
    string Id { get; }

    IReadOnlyList<IAnimal> Friends(Color? color, int first = 5);
}

[UnionType]
[GraphQLName("Pet")]
public interface IPet;

public abstract class Beast : IAnimal
{
    [ID]
    public string Id => throw new NotSupportedException();

    public string? Name => throw new NotSupportedException();

    public IReadOnlyList<IAnimal> Friends(Color? color, int first = 5) => throw new NotSupportedException();

    public Color? Color => throw new NotSupportedException();
}

public sealed class Dog : Beast, IPet
{
    public int Barks => throw new NotSupportedException();

    public IReadOnlyList<IReadOnlyList<int?>> Grid => throw new NotSupportedException();

    public Person? Owner(OwnerBy? by) => throw new NotSupportedException();
}

public sealed class Cat : Beast, IPet
{
    public int? Barks => throw new NotSupportedException();

    public double Weight => throw new NotSupportedException();

    [GraphQLDeprecated("No longer supported")]
    public string Purr([GraphQLDescription("How often.")] int times = 3, string sound = "prr\n\"é\"") => throw new NotSupportedException();
}

public sealed class Person : INamed
{
    public string? Name => throw new NotSupportedException();

    public bool Adult => throw new NotSupportedException();

    public IReadOnlyList<IPet?>? Pets(Filter? filter, IReadOnlyList<Color>? colors) => throw new NotSupportedException();

    public Person? Mother => throw new NotSupportedException();
}

[OneOf]
public sealed record OwnerBy([property: ID] string? Id, string? Name, Filter? Filter);

public sealed record Filter(
    string Name,
    [property: DefaultValue(10)] int Limit,
    Color? Color,
    double? Above,
    IReadOnlyList<IReadOnlyList<int>>? Matrix,
    IReadOnlyList<Filter>? Any,
    [property: DefaultValueSyntax("[RED, DARK_BLUE]")] IReadOnlyList<Color> Colors,
    bool? Strict = true);

[QueryType]
public static class ZooQuery
{
    public static string? Name => throw new NotSupportedException();

    public static IAnimal? Animal([ID] string id) => throw new NotSupportedException();

    public static IReadOnlyList<IAnimal?> Animals(Filter? filter, [DefaultValueSyntax("{ name: \"all\", above: 0.5 }")] Filter fallback) => throw new NotSupportedException();

    public static IReadOnlyList<IPet>? Pets(IReadOnlyList<string?>? names, double? weight) => throw new NotSupportedException();

    public static Person Person(OwnerBy by) => throw new NotSupportedException();

    public static Dog? Dog(int? number, bool loud, Color color = Color.Green) => throw new NotSupportedException();

    public static IReadOnlyList<IReadOnlyList<Color>?>? Palette([ID] IReadOnlyList<string>? ids) => throw new NotSupportedException();

    public static INamed? Anything([GraphQLDeprecated("Say nothing")] string? hint) => throw new NotSupportedException();
}

[MutationType]
public static class ZooMutation
{
    public static Cat? Feed([ID] string id, double grams = 12.5) => throw new NotSupportedException();

    public static int Count(IReadOnlyList<Filter> filters) => throw new NotSupportedException();
}

[SubscriptionType]
public static class ZooSubscription
{
    [Subscribe]
    public static IAsyncEnumerable<Dog> Barking(string? near) => throw new NotSupportedException();

    [Subscribe]
    public static IAsyncEnumerable<int> Counting(int to) => Enumerable.Range(1, to).ToAsyncEnumerable();

    /// <summary>Ticks until the client goes; says when it ended.</summary>
    [Subscribe]
    public static async IAsyncEnumerable<int> Forever(Clients clients, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        clients.Opened();
        try
        {
            for (var i = 0; ; i++)
            {
                await Task.Delay(1, cancellation);
                yield return i;
            }
        }
        finally
        {
            clients.Closed();
        }
    }
}

/// <summary>Counts open streams, so that a client can see that its leaving is noticed.</summary>
public sealed class Clients
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public void Opened() => Interlocked.Increment(ref _open);

    public void Closed() => Interlocked.Decrement(ref _open);
}
