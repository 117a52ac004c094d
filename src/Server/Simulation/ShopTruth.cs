namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>
/// What an exact system must find in the messages that arrived. It is counted while they are enumerated, from what the simulation knows, not from
/// the messages; it is complete when the enumeration is.
/// </summary>
public sealed class ShopTruth
{
    private readonly List<Visitor> visitors = [];
    private readonly HashSet<int> orders = [];
    private readonly SortedDictionary<string, long> events = new(StringComparer.Ordinal);
    private readonly SortedDictionary<Flaw, long> flaws = [];
    private readonly SortedDictionary<string, long> gross = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> refunds = new(StringComparer.Ordinal);

    /// <summary>All messages, whatever they are worth.</summary>
    public long Messages { get; private set; }

    /// <summary>Messages to accept: neither invalid nor duplicate.</summary>
    public long Accepted { get; private set; }

    /// <summary>Messages whose messageId came before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Accepted messages that arrived an hour or more after they happened.</summary>
    public long Late { get; private set; }

    /// <summary>Messages to reject.</summary>
    public long Invalid => flaws.Values.Sum();

    /// <summary>Messages to reject, by what is wrong with them.</summary>
    public IReadOnlyDictionary<Flaw, long> Flaws => flaws;

    /// <summary>Accepted messages by the name of their event; identify messages under <c>identify</c>.</summary>
    public IReadOnlyDictionary<string, long> Events => events;

    /// <summary>Sessions of which a message was accepted.</summary>
    public long Sessions { get; private set; }

    /// <summary>Different orders.</summary>
    public long Orders => orders.Count;

    /// <summary>Orders that were reported a second time, under another messageId.</summary>
    public long RepeatedOrders { get; private set; }

    /// <summary>Value of the different orders in minor units, by currency.</summary>
    public IReadOnlyDictionary<string, long> Gross => gross;

    /// <summary>Refunds in minor units, by currency.</summary>
    public IReadOnlyDictionary<string, long> Refunds => refunds;

    /// <summary>Persons, with all identities joined.</summary>
    public long Persons => CountPersons(Steps.Seen);

    /// <summary>Persons who viewed a product at any time.</summary>
    public long PersonsWhoViewed => CountPersons(Steps.ProductViewed);

    /// <summary>Persons who put something into a cart at any time.</summary>
    public long PersonsWhoAdded => CountPersons(Steps.AddedToCart);

    /// <summary>Persons who started a checkout at any time.</summary>
    public long PersonsWhoCheckedOut => CountPersons(Steps.CheckoutStarted);

    /// <summary>Persons who completed an order at any time.</summary>
    public long PersonsWhoBought => CountPersons(Steps.PurchaseCompleted);

    internal void Know(Visitor visitor) => visitors.Add(visitor);

    internal void Count(in Underway arrived)
    {
        Messages++;
        if (arrived.Message.IsInvalid)
        {
            Add(flaws, arrived.Message.Flaw, 1);
            return;
        }
        if (arrived.Message.IsDuplicate)
        {
            Duplicates++;
            return;
        }
        Accepted++;
        Late += arrived.Message.IsLate ? 1 : 0;
        Add(events, arrived.Fact.Name, 1);
        CountSession(arrived.Origin);
        CountSteps(arrived);
        CountMoney(arrived);
    }

    private void CountSession(Origin origin)
    {
        if (origin.HasArrived || origin.Device is null || origin.Path.Length == 0)
            return;
        origin.HasArrived = true;
        Sessions++;
    }

    private static void CountSteps(in Underway arrived)
    {
        var steps = Steps.Seen | arrived.Fact.Step;
        if (arrived.NamesAccount)
            arrived.Origin.Visitor.ReportedByAccount |= steps;
        else
            arrived.Origin.Device!.ReportedAnonymously |= steps;
        if (arrived.Fact.Name == "identify")
            arrived.Origin.Device!.IsBound = true;
    }

    private void CountMoney(in Underway arrived)
    {
        var (currency, amount) = (arrived.Origin.Visitor.Country.Currency, arrived.Fact.Amount);
        if (amount < 0)
            Add(refunds, currency, -amount);
        else if (arrived.Fact.Order > 0 && orders.Add(arrived.Fact.Order))
            Add(gross, currency, amount);
        else if (arrived.Fact.Order > 0)
            RepeatedOrders++;
    }

    // A person is an account with the devices that were joined to it, or a device that was never joined.
    private long CountPersons(Steps step)
    {
        long persons = 0;
        foreach (var visitor in visitors)
        {
            var joined = visitor.ReportedByAccount;
            foreach (var device in visitor.DevicesInUse)
            {
                if (device.IsBound)
                    joined |= device.ReportedAnonymously;
                else if ((device.ReportedAnonymously & step) != 0)
                    persons++;
            }
            if ((joined & step) != 0)
                persons++;
        }
        return persons;
    }

    private static void Add<TKey>(SortedDictionary<TKey, long> to, TKey key, long amount) where TKey : notnull =>
        to[key] = to.GetValueOrDefault(key) + amount;
}
