using EventSourcedAnalytics.Analysis.Events;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projects.Tests;

public sealed class StreamNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("shop-eu")]
    [InlineData("0123456789-123456789-123456789-123456789")]
    public void A_project_id_is_lower_case_letters_digits_and_inner_dashes(string id) => Assert.True(ProjectIds.IsValid(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("é")]
    [InlineData("0123456789-123456789-123456789-123456789x")]
    public void Anything_else_is_no_project_id(string? id) => Assert.False(ProjectIds.IsValid(id));

    [Fact]
    public void Project_and_customer_come_back_from_a_stream_name() => Prop.ForAll(
        Gen.Elements("a", "shop", "shop-eu", "a--b", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "x-aaaaaaaaaaaaaaaaaaaaaaaaaa").ToArbitrary(),
        ArbMap.Default.ArbFor<ulong>(), (project, bits) =>
        {
            var key = new CustomerKey(new UInt128(bits, ~bits));
            return StreamNames.TryParseCustomer(StreamNames.Customer(project, key), out var parsedProject, out var parsedKey) && parsedProject == project && parsedKey == key;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("project-shop")]
    [InlineData("customer-aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("customer--aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("customer-shop-tooshort")]
    public void Other_streams_are_no_customers(string stream) => Assert.False(StreamNames.TryParseCustomer(stream, out _, out _));
}
