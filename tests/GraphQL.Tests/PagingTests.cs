namespace EventSourcedAnalytics.GraphQL.Tests;

public class PagingTests
{
    private readonly TestServer _server = new();

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var result = ListPaging.Apply(_server.Shop.Customers, new PagingArguments(7, cursor, null, null));
            names.AddRange(result.Nodes.Select(c => c.Name));
            cursor = result.PageInfo.HasNextPage ? result.PageInfo.EndCursor : null;
        }
        while (cursor is not null);
        Assert.Equal(_server.Shop.Customers.Select(c => c.Name), names);
    }

    [Fact]
    public async Task A_page_says_what_is_around_it() =>
        Assert.Equal("""{"data":{"customers":{"totalCount":30,"pageInfo":{"hasNextPage":true,"hasPreviousPage":false},"edges":[{"node":{"id":"c1"}},{"node":{"id":"c2"}},{"node":{"id":"c3"}}]}}}""",
            await _server.RunAsync("{ customers { totalCount pageInfo { hasNextPage hasPreviousPage } edges { node { id } } } }"));

    [Fact]
    public void Last_counts_from_the_end()
    {
        var page = ListPaging.Apply(Enumerable.Range(0, 10).ToList(), new PagingArguments(null, null, 3, null));
        Assert.Equal([7, 8, 9], page.Nodes);
        Assert.Equal([4, 5, 6], ListPaging.Apply(Enumerable.Range(0, 10).ToList(), new PagingArguments(null, null, 3, page.PageInfo.StartCursor)).Nodes);
        Assert.True(page.PageInfo.HasPreviousPage);
        Assert.False(page.PageInfo.HasNextPage);
    }

    [Theory]
    [InlineData("first: 11", "A page has at most 10 items; 11 were asked for. Use the cursors to get further pages.")]
    [InlineData("first: -1", "A page can't have a negative number of items.")]
    [InlineData("first: 1, last: 1", "Give either first or last, not both.")]
    [InlineData("after: \"zzz\"", "The cursor is not one of this list. Take cursors from edges or pageInfo.")]
    public async Task Arguments_that_make_no_page_are_refused(string arguments, string message)
    {
        var error = Assert.Single((await _server.ExecuteAsync($"{{ customers({arguments}) {{ nodes {{ id }} }} }}")).Errors);
        Assert.Equal(message, error.Message);
        Assert.Equal(ErrorCodes.BadUserInput, error.Extensions!["code"]);
    }
}
