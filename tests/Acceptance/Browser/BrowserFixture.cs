using System.Globalization;
using System.Text;
using EventSourcedAnalytics.Acceptance.Harness;
using Microsoft.Playwright;

namespace EventSourcedAnalytics.Acceptance.Browser;

/// <summary>A system with two weeks of a small shop, and a browser.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal AnalyticsSystem System { get; private set; } = null!;

    internal string WriteKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Program is not { } program) return;
        System = await AnalyticsSystem.StartAsync();
        await System.CreateProjectAsync("shop");
        WriteKey = await System.IssueKeyAsync("shop", "WRITE");
        await System.ImportAsync("shop", Lines(DateTime.UtcNow.Date));
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Headless = true, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (System is not null) await System.DisposeAsync();
    }

    /// <summary>A page that loads from the system only: any other request, and any error of a script, fails the test at <see cref="PageWatch.MustBeClean"/>.</summary>
    internal async Task<PageWatch> OpenAsync(string path)
    {
        var page = await browser!.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
        var watch = new PageWatch(page, System.Server.Address);
        await page.GotoAsync(new Uri(System.Server.Address, path).ToString());
        return watch;
    }

    // Person i comes on day i % 14 and again a week later; of ten, eight put something into the cart, five check out, three buy.
    private static IEnumerable<string> Lines(DateTime today)
    {
        for (var i = 0; i < 120; i++)
        {
            var first = today.AddDays(-14 + i % 14).AddHours(8);
            yield return Line(i, 0, "product_viewed", first);
            yield return Line(i, 1, "product_viewed", first.AddDays(7) < today ? first.AddDays(7) : first.AddMinutes(1));
            if (i % 10 < 8) yield return Line(i, 2, "added_to_cart", first.AddMinutes(3));
            if (i % 10 < 5) yield return Line(i, 3, "checkout_started", first.AddMinutes(9));
            if (i % 10 < 3) yield return Line(i, 4, "purchase_completed", first.AddMinutes(15), string.Create(CultureInfo.InvariantCulture, $$"""{"order_id":"o{{i}}","total":{{20 + i % 7}}.50,"currency":"USD"}"""));
        }
    }

    private static string Line(int person, int number, string name, DateTime at, string properties = "{}") => string.Create(
        CultureInfo.InvariantCulture, $$"""{"type":"track","event":"{{name}}","userId":"p{{person}}","messageId":"{{person}}-{{number}}","timestamp":"{{at:yyyy-MM-ddTHH:mm:ssZ}}","properties":{{properties}}}""");
}

/// <summary>A page and what it did that it should not.</summary>
internal sealed class PageWatch
{
    private readonly StringBuilder complaints = new();

    public PageWatch(IPage page, Uri home)
    {
        Page = page;
        page.PageError += (_, error) => Note("error: " + error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(home.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal)) Note("loads from elsewhere: " + request.Url);
        };
        page.Console += (_, message) => { if (message.Type == "error") Note("console: " + message.Text); };
    }

    public IPage Page { get; }

    /// <summary>Fails if the page loaded something from elsewhere or an error came up.</summary>
    public void MustBeClean()
    {
        lock (complaints) Assert.True(complaints.Length == 0, complaints.ToString());
    }

    /// <summary>Keeps a picture for people in artifacts/.</summary>
    public async Task KeepPictureAsync(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "EventSourcedAnalytics.sln"))) root = root.Parent;
        var folder = Path.Combine(root?.FullName ?? AppContext.BaseDirectory, "artifacts");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name), FullPage = true });
    }

    private void Note(string complaint)
    {
        lock (complaints) complaints.AppendLine(complaint);
    }
}
