using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Tests;

public class SchemaTests
{
    private readonly string _sdl = new TestServer().Executor.PrintSchema();

    [Theory]
    [InlineData("type Customer implements Node {\n  \"\"\"The id.\"\"\"\n  id: ID!\n")]
    [InlineData("\"\"\"Perhaps a nickname.\"\"\"\n  nick: String\n")]
    [InlineData("\"\"\"Somebody who buys.\"\"\"\ntype Customer")]
    [InlineData("\"\"\"How to find them.\"\"\"\n    by: CustomerByInput!\n  ): Customer")]
    [InlineData("customers(\n    \"\"\"The first so many items, after the cursor if one is given.\"\"\"\n    first: Int\n")]
    [InlineData("orders(state: OrderState! = OPEN): [Order!]!")]
    [InlineData("slow: String! @deprecated(reason: \"Use who\")")]
    [InlineData("enum OrderState {\n  OPEN\n  PAID_IN_FULL\n  DRAFT @deprecated(reason: \"Use OPEN\")\n}")]
    [InlineData("input CustomerByInput @oneOf {\n  id: String\n  name: String\n}")]
    [InlineData("input MoneyInput {\n  amountMinor: Long!\n  currency: String! = \"EUR\"\n}")]
    [InlineData("union SearchResult = Customer | Order")]
    [InlineData("type CustomerConnection {")]
    [InlineData("  greeting(greeting: String! = \"Hello\", loud: Boolean! = false): String!")]
    [InlineData("  answer: Int!")]
    [InlineData("  count(to: Int!): Int!")]
    [InlineData("  orderPlaced(prefix: String!): String!")]
    [InlineData("scalar DateTime @specifiedBy(url: ")]
    [InlineData("  describe(prefix: String! = \"Order\"): String!")]
    public void Classes_become_types(string part) => Assert.Contains(part, _sdl, StringComparison.Ordinal);

    [Theory]
    [InlineData("secret")]
    [InlineData("streamOrders")]
    [InlineData("equals")]
    [InlineData("shop:")]
    public void What_is_no_field_stays_out(string name) => Assert.DoesNotContain(name, _sdl, StringComparison.Ordinal);

    [Theory]
    [InlineData("GetProjectAsync", "project")]
    [InlineData("DAU", "dau")]
    [InlineData("MRRReport", "mrrReport")]
    [InlineData("Gettysburg", "gettysburg")]
    [InlineData("P90Seconds", "p90Seconds")]
    public void Methods_are_named_without_get_and_async(string method, string field) =>
        Assert.Equal(field, Naming.Of(typeof(Names).GetMethod(method)!));

    [Fact]
    public void A_schema_without_queries_is_refused() => Refused("[QueryType]", typeof(ShopMutations));

    [Fact]
    public void A_parameter_that_is_neither_input_nor_service_is_refused() => Refused("[Service]", typeof(WrongSchemas.TakesService));

    [Fact]
    public void Two_fields_of_one_name_are_refused() => Refused("two fields named answer", typeof(MoreQueries), typeof(WrongSchemas.SameName));

    [Fact]
    public void An_input_that_needs_itself_is_refused() => Refused("contains itself", typeof(WrongSchemas.TakesLoop));

    private static void Refused(string part, params Type[] types) =>
        Assert.Contains(part, Assert.Throws<SchemaException>(() => SchemaBuilder.Build(types)).Message, StringComparison.Ordinal);

    private static class Names
    {
        public static int GetProjectAsync() => 0;

        public static int DAU() => 0;

        public static int MRRReport() => 0;

        public static int Gettysburg() => 0;

        public static int P90Seconds() => 0;
    }
}

/// <summary>Classes that make no schema; the shop's leaves them out.</summary>
public static class WrongSchemas
{
    public sealed class Loop
    {
        public required Loop Next { get; init; }
    }

    [QueryType]
    public static class TakesService
    {
        public static int Field(IDisposable service) => service.GetHashCode();
    }

    [QueryType]
    public static class SameName
    {
        public static int Answer => 1;
    }

    [QueryType]
    public static class TakesLoop
    {
        public static int Field(Loop loop) => loop.GetHashCode();
    }
}
