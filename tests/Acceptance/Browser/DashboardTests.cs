using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EventSourcedAnalytics.Acceptance.Browser;

/// <summary>What a person sees in a browser.</summary>
public class DashboardTests(BrowserFixture shop) : IClassFixture<BrowserFixture>
{
    private static readonly LocatorAssertionsToHaveTextOptions Soon = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToContainTextOptions SoonContains = new() { Timeout = 30_000 };

    [BrowserFact]
    public async Task The_page_shows_funnel_revenue_retention_and_follows_an_event_without_a_reload()
    {
        var watch = await shop.OpenAsync("#key=" + shop.System.AdminKey);
        var page = watch.Page;
        var counts = page.Locator("#funnel .row .num");
        await Expect(counts).ToHaveTextAsync(["120", "96", "60", "36"], new() { Timeout = 30_000 });
        await Expect(page.Locator("#revenue")).ToContainTextAsync("36 orders", SoonContains);
        await Expect(page.Locator("#retention")).ToContainTextAsync("100.0 %", SoonContains);
        await Expect(page.Locator("#activity")).ToContainTextAsync("product_viewed", SoonContains);
        Assert.DoesNotContain(shop.System.AdminKey, page.Url, StringComparison.Ordinal);
        await watch.KeepPictureAsync("dashboard.png");

        using var answer = await shop.System.TrackAsync("track", """{"type":"track","event":"product_viewed","userId":"somebody new"}""", shop.WriteKey);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Expect(counts.First).ToHaveTextAsync("121", Soon);
        watch.MustBeClean();
    }

    [BrowserFact]
    public async Task Without_a_key_the_page_asks_for_one_and_takes_it()
    {
        var watch = await shop.OpenAsync("");
        await watch.Page.EvaluateAsync("localStorage.clear()");
        await watch.Page.ReloadAsync();
        await watch.Page.Locator("#key").FillAsync(shop.System.AdminKey);
        await watch.Page.Locator("#keyform button").ClickAsync();
        await Expect(watch.Page.Locator("#funnel")).ToContainTextAsync("purchase_completed", SoonContains);
        await Expect(watch.Page.Locator("#key")).Not.ToBeVisibleAsync();
        watch.MustBeClean();
    }

    [BrowserFact]
    public async Task GraphiQL_opens_from_local_files_and_shows_the_schema()
    {
        var watch = await shop.OpenAsync("graphql#key=" + shop.System.AdminKey);
        var page = watch.Page;
        await Expect(page.Locator(".graphiql-container")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Show Documentation Explorer" }).ClickAsync();
        await Expect(page.Locator(".graphiql-doc-explorer")).ToContainTextAsync("Mutation", SoonContains);
        Assert.DoesNotContain(shop.System.AdminKey, page.Url, StringComparison.Ordinal);
        await watch.KeepPictureAsync("graphiql.png");
        watch.MustBeClean();
    }
}
