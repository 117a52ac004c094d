using System.Globalization;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Benchmarks.Generated;

/// <summary>
/// Thirty days of a shop, by time, the same at every enumeration: visits of persons of whom few come often and many seldom, interleaved as a log has them. One customer a
/// person, about 150 bytes of properties an event, no duplicates, nothing late.
/// </summary>
/// <param name="events">How many.</param>
/// <param name="persons">Of how many persons.</param>
/// <param name="month">Further thirty days of the same persons: 1 follows 0.</param>
internal sealed class GeneratedShop(int events, int persons, int month = 0)
{
    public const int DefaultPersons = 200_000;

    /// <summary>Midnight before the first event, UTC, milliseconds since the Unix epoch.</summary>
    public const long Begin = 1_767_225_600_000;

    public const long Day = 86_400_000;

    private const int Days = 30;
    private const int Seed = 7;
    private const long NumbersAMonth = 1_000_000_000;

    // Events of one visit are about half a minute apart, whatever the number of events of all: as many visits as that takes go on at a time.
    private const long BetweenEvents = 30_000;
    private const int MostVisits = 4_096;

    public int Events => events;

    public int Persons => persons;

    /// <summary>The events, with the number of each one's person, 0 to <see cref="Persons"/>.</summary>
    public IEnumerable<(int Person, AnalyticsEvent Event)> All()
    {
        var random = new Random(Seed + month);
        var step = Math.Max(1, Days * Day / events);
        var visits = new Visit[Math.Clamp(BetweenEvents / step, 1, MostVisits)];
        var customers = Enumerable.Range(0, persons).Select(CustomerOf).ToArray();
        for (var i = 0; i < events; i++)
        {
            var slot = random.Next(visits.Length);
            if (visits[slot].Left == 0) visits[slot] = new Visit(PersonOf(random), random);
            var person = visits[slot].Person;
            yield return (person, visits[slot].Next(random, (month * NumbersAMonth) + i, Begin + (month * Days * Day) + (i * step), customers[person]));
        }
    }

    private static CustomerId CustomerOf(int person) => CustomerId.User(string.Create(CultureInfo.InvariantCulture, $"user-{person:D8}"));

    // The share of the person at rank r falls with the square root of r: the first of 200,000 sends one event in 450.
    private int PersonOf(Random random)
    {
        var draw = random.NextDouble();
        return (int)(persons * draw * draw);
    }

    // How far one visit is.
    private struct Visit(int person, Random random)
    {
        private int products;
        private bool isCheckout;

        public int Person { get; } = person;

        public int Left { get; private set; } = 1 + (int)(-6 * Math.Log(1 - random.NextDouble()));

        public AnalyticsEvent Next(Random random, long number, long at, CustomerId customer)
        {
            Left--;
            var draw = random.Next(100);
            if (isCheckout && draw < 50)
            {
                (isCheckout, products) = (false, 0);
                return Event(EventType.Track, "purchase_completed", Order(random, number), number, at, customer);
            }
            if (products > 0 && draw < 12)
            {
                isCheckout = true;
                return Event(EventType.Track, "checkout_started", Product(random, products), number, at, customer);
            }
            if (draw < 22) return Event(EventType.Track, "added_to_cart", Product(random, ++products), number, at, customer);
            if (draw < 60) return Event(EventType.Track, "product_viewed", Product(random, 1), number, at, customer);
            if (draw < 75) return Event(EventType.Track, "products_searched", Search(random), number, at, customer);
            return Event(EventType.Page, "Category", Page(random), number, at, customer);
        }

        private static string Product(Random random, int quantity) => string.Create(CultureInfo.InvariantCulture,
            $$"""{"product_id":"p-{{random.Next(3_000):D5}}","name":"Running shoe, light and grey","category":"shoes/running","brand":"b-{{random.Next(90):D3}}","price":{{random.Next(10, 200)}}.95,"currency":"EUR","quantity":{{quantity}}}""");

        private static string Order(Random random, long number) => string.Create(CultureInfo.InvariantCulture,
            $$"""{"order_id":"o-{{number:D9}}","total":{{random.Next(10, 500)}}.90,"currency":"EUR","coupon":"c-{{random.Next(20):D2}}","products":[{"product_id":"p-{{random.Next(3_000):D5}}","quantity":{{random.Next(1, 4)}},"price":9.95}]}""");

        private static string Search(Random random) => string.Create(CultureInfo.InvariantCulture,
            $$"""{"query":"shoes for the rain number {{random.Next(500)}}","results":{{random.Next(300)}},"page":{{random.Next(1, 5)}},"sort":"price ascending","filters":["brand","size","colour"],"ms":{{random.Next(900)}}}""");

        private static string Page(Random random) => string.Create(CultureInfo.InvariantCulture,
            $$"""{"path":"/c/{{random.Next(200)}}","title":"Shoes and boots for all kinds of weather","url":"https://shop.example/c/shoes","referrer":"https://search.example/","search":"?sort=price"}""");

        private static AnalyticsEvent Event(EventType type, string name, string properties, long number, long at, CustomerId customer) => new()
        {
            Type = type,
            Name = name,
            OccurredAt = at,
            ReceivedAt = at + 150,
            MessageId = string.Create(CultureInfo.InvariantCulture, $"0c7b6f2e-4b1d-4a55-9a30-{number:x12}"),
            Customer = customer,
            Properties = JsonObjectSlice.FromText(properties),
            Position = number,
        };
    }
}
