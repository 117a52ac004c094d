using System.Text.Json;

namespace EventSourcedAnalytics.GraphQL.Tests;

// A small schema that uses every way to make one.

public enum OrderState
{
    Open,
    PaidInFull,
    [GraphQLDeprecated("Use OPEN")]
    Draft,
}

[InterfaceType]
public interface INode
{
    [ID]
    string Id { get; }
}

[UnionType]
[GraphQLName("SearchResult")]
public interface ISearchResult;

/// <summary>Somebody who buys.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">What to call them.</param>
/// <param name="Nick">Perhaps a nickname.</param>
public sealed record Customer([property: ID] string Id, string Name, string? Nick) : INode, ISearchResult;

public sealed record Order([property: ID] string Id, string CustomerId, OrderState State, decimal Total, DateTimeOffset PlacedAt, TimeSpan Age, IReadOnlyList<string> Lines) : INode, ISearchResult
{
    [GraphQLIgnore]
    public string Secret => "hidden";

    public string Describe(string prefix = "Order") => $"{prefix} {Id}";
}

[OneOf]
public sealed record CustomerBy(string? Id, string? Name);

public sealed record Money(long AmountMinor, string Currency = "EUR");

public sealed record PlaceOrderInput([property: ID] string CustomerId, OrderState State, IReadOnlyList<Money> Lines, Optional<string?> Note)
{
    public int Priority { get; init; } = 3;
}

public sealed record PlaceOrderPayload(Order Order, string Note);

public sealed class Shop
{
    public List<Customer> Customers { get; } = [.. Enumerable.Range(1, 30).Select(i => new Customer($"c{i}", $"Customer {i}", i % 2 == 0 ? $"nick{i}" : null))];

    public List<Order> Orders { get; } = [.. Enumerable.Range(1, 6).Select(i => new Order($"o{i}", $"c{i % 3 + 1}", OrderState.Open, i * 1.5m,
        new DateTimeOffset(2026, 1, i, 12, 0, 0, TimeSpan.FromHours(2)), TimeSpan.FromHours(i), [$"line{i}"]))];

    public List<int> Batches { get; } = [];

    public List<string> Log { get; } = [];
}

[QueryType]
public static class ShopQueries
{
    /// <summary>A customer by id or name.</summary>
    public static Customer? GetCustomer([GraphQLDescription("How to find them.")] CustomerBy by, Shop shop) => shop.Customers.FirstOrDefault(c => c.Id == by.Id || c.Name == by.Name);

    [UsePaging(MaxPageSize = 10, DefaultPageSize = 3, IncludeTotalCount = true)]
    public static IReadOnlyList<Customer> GetCustomers(Shop shop) => shop.Customers;

    public static Task<List<Order>> GetOrdersAsync(Shop shop, OrderState state = OrderState.Open) => Task.FromResult(shop.Orders.Where(o => o.State == state).ToList());

    public static IReadOnlyList<ISearchResult> Search(string text, Shop shop) =>
        [.. shop.Customers.Where(c => c.Name.EndsWith(text, StringComparison.Ordinal)), .. shop.Orders.Where(o => o.Id.EndsWith(text, StringComparison.Ordinal))];

    public static INode? Node([ID] string id, Shop shop) => (INode?)shop.Customers.Find(c => c.Id == id) ?? shop.Orders.Find(o => o.Id == id);

    public static string Fail() => throw new InvalidOperationException("the password is hunter2");

    public static string? Refuse() => throw new GraphQLException("Not yours.", "FORBIDDEN");

    public static JsonElement Echo(JsonElement value) => value;

    public static string Who([GlobalState] string? who, IResolverContext context) => $"{who ?? "nobody"} at {string.Join('.', context.Path)}";

    [GraphQLDeprecated("Use who")]
    public static async Task<string> Slow(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return "never";
    }
}

[QueryType]
public static class MoreQueries
{
    public static int Answer => 42;
}

[ObjectType<Customer>]
public static class CustomerFields
{
    public static async Task<IReadOnlyList<Order>> GetOrders([Parent] Customer customer, IDataLoader<string, Order[]> ordersByCustomer) =>
        await ordersByCustomer.LoadAsync(customer.Id) ?? [];

    public static string Greeting([Parent] Customer customer, string greeting = "Hello", bool loud = false) =>
        loud ? $"{greeting} {customer.Name}!" : $"{greeting} {customer.Name}";
}

[ObjectType<Order>]
public static class OrderFields
{
    public static async Task<Customer> GetCustomer([Parent] Order order, IDataLoader<string, Customer> customers) => (await customers.LoadAsync(order.CustomerId))!;
}

public static class ShopLoaders
{
    [DataLoader]
    public static async Task<IReadOnlyDictionary<string, Order[]>> GetOrdersByCustomerAsync(IReadOnlyList<string> ids, Shop shop, CancellationToken cancellation)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        shop.Batches.Add(ids.Count);
        return shop.Orders.Where(o => ids.Contains(o.CustomerId)).GroupBy(o => o.CustomerId).ToDictionary(g => g.Key, g => g.ToArray());
    }

    [DataLoader]
    public static Task<Dictionary<string, Customer>> Customers(IReadOnlyList<string> ids, Shop shop)
    {
        shop.Batches.Add(ids.Count);
        return Task.FromResult(shop.Customers.Where(c => ids.Contains(c.Id)).ToDictionary(c => c.Id));
    }
}

[MutationType]
public static class ShopMutations
{
    public static PlaceOrderPayload PlaceOrder(PlaceOrderInput input, Shop shop)
    {
        var order = new Order($"o{shop.Orders.Count + 1}", input.CustomerId, input.State, input.Lines.Sum(l => l.AmountMinor), default, default, [.. input.Lines.Select(l => l.Currency)]);
        shop.Orders.Add(order);
        var note = input.Note.HasValue ? input.Note.Value ?? "null" : "absent";
        return new PlaceOrderPayload(order, $"{note} {input.Priority}");
    }

    public static async Task<int> Step(int number, Shop shop)
    {
        shop.Log.Add($"begin {number}");
        await Task.Yield();
        shop.Log.Add($"end {number}");
        return number;
    }
}

[SubscriptionType]
public static class ShopSubscriptions
{
    [Subscribe]
    public static async IAsyncEnumerable<int> Count(int to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return i;
        }
    }

    [Subscribe(With = nameof(StreamOrders))]
    public static string OrderPlaced([EventMessage] Order order, string prefix) => prefix + order.Id;

    public static async Task<IAsyncEnumerable<Order>> StreamOrders(Shop shop)
    {
        await Task.Yield();
        return shop.Orders.ToAsyncEnumerable();
    }
}
