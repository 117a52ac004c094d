namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>The life of a membership, reported by the shop's server: decided when it begins, told when it happens.</summary>
internal sealed class Memberships(RandomSource random, Outbox outbox)
{
    private const int YearlyPerTenThousand = 2_200;
    private const int TrialPerTenThousand = 2_500;
    private const int ChangePerTenThousand = 1_600;
    private const int CancelPerTenThousand = 2_400;
    private const int PausePerTenThousand = 1_200;
    private const int FailurePerTenThousand = 800;
    private const int ComesBackPerTenThousand = 3_000;
    private const long Day = 86_400_000;

    private int subscriptions;

    internal void Begin(Origin server, long at)
    {
        server.Visitor.IsMember = true;
        var id = ++subscriptions;
        var plan = random.Chance(YearlyPerTenThousand) ? Catalogue.Yearly : Catalogue.Monthly;
        var json = Write(server, EventNames.SubscriptionStarted, id, plan, at);
        if (random.Chance(TrialPerTenThousand))
            json.Raw(",\"trial_ends_at\":\""u8).Time(at + 7 * Day).Raw("\""u8);
        outbox.End(new Fact(EventNames.SubscriptionStarted));
        Continue(server, id, plan, at);
    }

    private void Continue(Origin server, int id, Plan plan, long at)
    {
        if (random.Chance(FailurePerTenThousand))
            Tell(server, EventNames.PaymentFailed, id, plan, at + random.Between(Day, 20 * Day));
        if (random.Chance(ChangePerTenThousand))
        {
            var other = plan == Catalogue.Monthly ? (random.Chance(5_000) ? Catalogue.Yearly : Catalogue.Family) : Catalogue.Monthly;
            Tell(server, EventNames.SubscriptionChanged, id, other, at + random.Between(2 * Day, 18 * Day));
        }
        else if (random.Chance(PausePerTenThousand))
        {
            var paused = at + random.Between(2 * Day, 12 * Day);
            Tell(server, EventNames.SubscriptionPaused, id, plan, paused);
            if (random.Chance(7_000))
                Tell(server, EventNames.SubscriptionResumed, id, plan, paused + random.Between(2 * Day, 9 * Day));
        }
        else if (random.Chance(CancelPerTenThousand))
        {
            var cancelled = at + random.Between(Day, 16 * Day);
            var effective = cancelled + random.Between(0, 10) * Day;
            Write(server, EventNames.SubscriptionCancelled, id, plan, cancelled).Raw(",\"effective_at\":\""u8).Time(effective).Raw("\""u8);
            outbox.End(new Fact(EventNames.SubscriptionCancelled));
            if (random.Chance(ComesBackPerTenThousand))
                Tell(server, EventNames.SubscriptionStarted, ++subscriptions, plan, effective + random.Between(Day, 6 * Day));
        }
    }

    private void Tell(Origin server, string name, int id, Plan plan, long at)
    {
        Write(server, name, id, plan, at);
        outbox.End(new Fact(name));
    }

    private JsonBytes Write(Origin server, string name, int id, Plan plan, long at) =>
        outbox.Begin(server, "track", name, at).Raw("\"subscription_id\":\"s-"u8).Number(10_000L + id).Raw("\",\"plan\":\""u8).Text(plan.Name)
            .Raw("\",\"amount\":"u8).Money(plan.Price).Raw(",\"currency\":\""u8).Text(server.Visitor.Country.Currency)
            .Raw("\",\"interval\":\""u8).Text(plan.Interval).Raw("\",\"quantity\":1"u8);
}
