namespace EventSourcedAnalytics.Server.Simulation;

internal sealed record Product(string Id, string Name, string Category, long Price);

internal sealed record Country(string Code, string Locale, string Currency, int Weight);

/// <summary>Where visits come from; the empty address is a direct visit.</summary>
internal sealed record Referrer(string Address, int Weight);

/// <summary>An advertising campaign that starts when this share (in percent) of the simulated time has passed.</summary>
internal sealed record Campaign(string Name, string Source, string Medium, int StartPercent);

/// <summary>A membership on sale; the price is in minor units.</summary>
internal sealed record Plan(string Name, string Interval, long Price);

internal sealed record Device(string Kind, string Library, string Browser, int Weight);

/// <summary>What the shop sells, and who comes.</summary>
internal static class Catalogue
{
    internal static readonly Product[] Products = MakeProducts();

    internal static readonly Country[] Countries =
    [
        new("US", "en-US", "USD", 48), new("GB", "en-GB", "USD", 9), new("DE", "de-DE", "EUR", 10), new("FR", "fr-FR", "EUR", 7),
        new("CA", "en-CA", "USD", 6), new("AU", "en-AU", "USD", 4), new("NL", "nl-NL", "EUR", 3), new("ES", "es-ES", "EUR", 3),
        new("IN", "en-IN", "USD", 4), new("BR", "pt-BR", "USD", 3), new("JP", "ja-JP", "USD", 3),
    ];

    internal static readonly Referrer[] Referrers =
    [
        new("", 34), new("https://www.google.com/", 34), new("https://www.bing.com/", 5), new("https://duckduckgo.com/", 3),
        new("https://www.instagram.com/", 8), new("https://www.facebook.com/", 6), new("https://www.youtube.com/", 4),
        new("https://www.reddit.com/", 3), new("https://www.pinterest.com/", 3),
    ];

    internal static readonly Campaign[] Campaigns =
    [
        new("spring-refresh", "google", "cpc", 7), new("members-week", "newsletter", "email", 30),
        new("creator-picks", "instagram", "social", 47), new("flash-weekend", "facebook", "paid-social", 68),
        new("new-arrivals", "newsletter", "email", 84),
    ];

    internal static readonly Device[] Devices =
    [
        new("mobile", "analytics.js", "Mobile Safari", 34), new("mobile", "analytics.js", "Chrome Mobile", 22),
        new("desktop", "analytics.js", "Chrome", 26), new("desktop", "analytics.js", "Firefox", 7),
        new("tablet", "analytics.js", "Mobile Safari", 4), new("mobile", "analytics-ios", "app", 7),
    ];

    internal static readonly Plan Monthly = new("plus-monthly", "month", 990);
    internal static readonly Plan Yearly = new("plus-yearly", "year", 9900);
    internal static readonly Plan Family = new("family-monthly", "month", 1490);

    private static Product[] MakeProducts()
    {
        (string Category, string[] Things, long Price)[] shelves =
        [
            ("kitchen", ["Café mug", "Tea pot", "Chopping board", "Pan", "Knife set", "Bread tin", "Scale", "Kettle"], 1900),
            ("living", ["Lamp", "Cushion", "Blanket", "Candle", "Vase", "Rug", "Picture frame", "Clock"], 3500),
            ("garden", ["Planter", "Watering can", "Seed box", "Lantern", "Gloves", "Bird house", "Hose", "Bench"], 2700),
            ("office", ["Notebook", "Pen set", "Desk mat", "Shelf", "Chair", "Monitor stand", "Organiser", "Lamp arm"], 4200),
            ("bath", ["Towel", "Soap dish", "Mirror", "Basket", "Bath mat", "Robe", "Brush", "Tray"], 2200),
        ];
        string[] lines = ["Nord", "Küste"];
        var made = new List<Product>();
        foreach (var (category, things, price) in shelves)
            for (var i = 0; i < things.Length; i++)
                for (var line = 0; line < lines.Length; line++)
                    made.Add(new Product(
                        $"p-{made.Count + 101}", $"{things[i]} {lines[line]}", category, price * (2 + i * 3 % 7) / 4 + line * 500 + 49 + i * 10));
        // Popular ones first, from every shelf.
        return [.. made.OrderBy(p => p.Price * 7919 % 997).ThenBy(p => p.Id, StringComparer.Ordinal)];
    }
}
