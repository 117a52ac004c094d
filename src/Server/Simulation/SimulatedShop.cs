namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>
/// A web shop of a kind that exists a thousand times, simulated: visitors who come back or don't, on one device or two, from searches and campaigns;
/// carts, orders, refunds and memberships; and a network that delivers some of it late, twice or broken.
/// </summary>
public static class SimulatedShop
{
    // How many messages a session sends on average, duplicates, flaws and what follows included.
    private const int MessagesPerHundredSessions = 703;
    private const int NewVisitorPerTenThousand = 4_300;
    private const int CampaignPerTenThousand = 1_400;
    private const int SecondDevicePerTenThousand = 600;
    private const int OfflinePerTenThousand = 160;
    private const int Redraws = 4;
    private const long Hour = 3_600_000;

    /// <summary>
    /// The shop's messages in the order of their arrival, made while they are enumerated. The truth about them is counted into
    /// <paramref name="truth"/>, if given. Enumerating again gives the same messages.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Too many events or days, or none.</exception>
    public static IEnumerable<SimulatedMessage> Messages(ShopOptions options, ShopTruth? truth = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Events);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Events, Limits.MaxSimulatedEvents);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Days);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Days, Limits.MaxSimulatedDays);
        return Enumerate(options, truth ?? new ShopTruth());
    }

    private static IEnumerable<SimulatedMessage> Enumerate(ShopOptions options, ShopTruth truth)
    {
        var random = new RandomSource(options.Seed);
        var end = options.End.ToUnixTimeMilliseconds();
        var start = end - options.Days * 24 * Hour;
        var outbox = new Outbox(random, end);
        var memberships = new Memberships(random, outbox);
        var script = new SessionScript(random, outbox, new Checkout(random, outbox, memberships), memberships);
        var sessions = Math.Max(1, (int)(options.Events * 100L / MessagesPerHundredSessions));
        var crowd = new Crowd(random, truth, sessions / 6);
        var json = new JsonBytes();

        foreach (var at in new Traffic(start, options.Days).Starts(sessions, random))
        {
            while (outbox.TryTake(at, out var arrived))
                yield return Count(arrived, truth);
            var visitor = crowd.Next();
            script.Play(Begin(visitor, at, start, end, random, json), at);
        }
        while (outbox.TryTake(end, out var arrived))
            yield return Count(arrived, truth);
    }

    private static SimulatedMessage Count(in Underway arrived, ShopTruth truth)
    {
        truth.Count(arrived);
        return arrived.Message;
    }

    private static Origin Begin(Visitor visitor, long at, long start, long end, RandomSource random, JsonBytes json)
    {
        if (visitor.HasAccount && visitor.Second is null && random.Chance(SecondDevicePerTenThousand))
            visitor.Second = Crowd.NewDevice(random);
        var device = visitor.Second is { } second && random.Chance(4_000) ? second : visitor.First;
        var campaign = random.Chance(CampaignPerTenThousand) ? Running(at, start, end, random) : null;
        var referrer = campaign is null ? random.Pick(Catalogue.Referrers, r => r.Weight) : Catalogue.Referrers[0];
        var isOffline = device.Device.Kind == "mobile" && random.Chance(OfflinePerTenThousand);
        var backOnlineAt = isOffline ? at + random.Between(Hour, 5 * Hour) * random.Between(1, 16) : 0;
        return Origin.OfSession(visitor, device, random.Next(), referrer, campaign, backOnlineAt, json);
    }

    // The newest campaign draws most of the visits that campaigns bring.
    private static Campaign? Running(long at, long start, long end, RandomSource random)
    {
        var passed = (at - start) * 100 / (end - start);
        var running = Catalogue.Campaigns.Count(c => c.StartPercent <= passed);
        return running == 0 ? null : Catalogue.Campaigns[running - 1 - random.Skewed(running)];
    }

    /// <summary>Everybody who has ever come, and who comes next.</summary>
    private sealed class Crowd
    {
        private readonly RandomSource random;
        private readonly ShopTruth truth;
        private readonly List<Visitor> known = [];

        internal Crowd(RandomSource random, ShopTruth truth, int fromBefore)
        {
            (this.random, this.truth) = (random, truth);
            for (var i = 0; i < fromBefore; i++)
            {
                var visitor = NewVisitor();
                if (random.Chance(4_000))
                    visitor.HasAccount = visitor.First.IsLoggedIn = true;
            }
        }

        /// <summary>A new visitor, or one who comes back: most likely one who came lately.</summary>
        internal Visitor Next()
        {
            if (known.Count == 0 || random.Chance(NewVisitorPerTenThousand))
                return NewVisitor();
            var visitor = known[^1];
            for (var i = 0; i < Redraws; i++)
            {
                visitor = known[known.Count - 1 - random.Skewed(known.Count)];
                if (random.Below(100) < visitor.Loyalty)
                    break;
            }
            return visitor;
        }

        internal static DeviceInUse NewDevice(RandomSource random) =>
            new(random.Pick(Catalogue.Devices, d => d.Weight), random.Next(), random.Next());

        private Visitor NewVisitor()
        {
            var visitor = new Visitor(known.Count, random.Pick(Catalogue.Countries, c => c.Weight))
            {
                Loyalty = 4 + random.Skewed(96),
                First = NewDevice(random),
            };
            known.Add(visitor);
            truth.Know(visitor);
            return visitor;
        }
    }
}
