namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>From the cart to the order: log-in, payment, and what follows days later.</summary>
internal sealed class Checkout(RandomSource random, Outbox outbox, Memberships memberships)
{
    private const int NamesAccountPerTenThousand = 6_200;
    private const int PaysPerTenThousand = 6_300;
    private const int CouponPerTenThousand = 1_200;
    private const int ReportedTwicePerTenThousand = 120;
    private const int RefundPerTenThousand = 420;
    private const int JoinsPerTenThousand = 1_500;
    private const long FreeShippingFrom = 5_000;
    private const long Shipping = 490;
    private const long Day = 86_400_000;

    private int orders;

    internal void Play(Origin session, Cart cart, long at)
    {
        var visitor = session.Visitor;
        if (!session.NamesAccount && random.Chance(NamesAccountPerTenThousand))
            SignUp(session, at - random.Between(1, 900));
        session.Path = "/checkout";
        outbox.Begin(session, "track", EventNames.CheckoutStarted, at).Raw("\"cart_id\":\""u8).Hex(cart.Id)
            .Raw("\",\"value\":"u8).Money(cart.Total).Raw(",\"currency\":\""u8).Text(visitor.Country.Currency).Raw("\""u8);
        outbox.End(new Fact(EventNames.CheckoutStarted, Steps.CheckoutStarted));
        if (!random.Chance(PaysPerTenThousand))
            return;
        at += random.Between(15_000, 240_000);
        var order = ++orders;
        var total = Pay(session, cart, order, at);
        visitor.Cart = null;
        var server = Origin.OfServer(visitor, session.Device!);
        if (random.Chance(RefundPerTenThousand))
            Refund(server, order, total, at + random.Between(Day / 2, 14 * Day));
        if (visitor.HasAccount && !visitor.IsMember && random.Chance(JoinsPerTenThousand))
            memberships.Begin(server, at + random.Between(1_000, 60_000));
    }

    /// <summary>Makes an account and names it.</summary>
    internal void SignUp(Origin session, long at)
    {
        if (!session.Visitor.HasAccount)
        {
            session.Visitor.HasAccount = true;
            LogIn(session, at);
            outbox.Begin(session, "track", EventNames.SignedUp, at + 1).Raw("\"method\":\"form\""u8);
            outbox.End(new Fact(EventNames.SignedUp));
            return;
        }
        LogIn(session, at);
    }

    /// <summary>Names the account on a device.</summary>
    internal void LogIn(Origin session, long at)
    {
        session.Device!.IsLoggedIn = true;
        outbox.Begin(session, "identify", "", at).Raw("\"country\":\""u8).Text(session.Visitor.Country.Code)
            .Raw("\",\"plan\":\""u8).Raw(session.Visitor.IsMember ? "plus"u8 : "free"u8).Raw("\""u8);
        outbox.End(new Fact("identify"));
    }

    private long Pay(Origin session, Cart cart, int order, long at)
    {
        var subtotal = cart.Total;
        var discount = random.Chance(CouponPerTenThousand) ? subtotal / 10 : 0;
        var shipping = subtotal - discount >= FreeShippingFrom ? 0 : Shipping;
        var total = subtotal - discount + shipping;
        var fact = new Fact(EventNames.PurchaseCompleted, Steps.PurchaseCompleted, order, total);
        var currency = session.Visitor.Country.Currency;

        var json = WriteOrder(session, order, total, currency, at).Raw(",\"cart_id\":\""u8).Hex(cart.Id)
            .Raw("\",\"subtotal\":"u8).Money(subtotal).Raw(",\"shipping\":"u8).Money(shipping).Raw(",\"discount\":"u8).Money(discount);
        if (discount > 0)
            json.Raw(",\"coupon\":\"TEN\""u8);
        json.Raw(",\"products\":["u8);
        for (var i = 0; i < cart.Lines.Count; i++)
        {
            var (product, quantity) = cart.Lines[i];
            json.Raw(i == 0 ? "{\"product_id\":\""u8 : ",{\"product_id\":\""u8).Text(product.Id).Raw("\",\"category\":\""u8).Text(product.Category)
                .Raw("\",\"price\":"u8).Money(product.Price).Raw(",\"quantity\":"u8).Number(quantity).Raw("}"u8);
        }
        json.Raw("]"u8);
        outbox.End(fact);

        // Browser and server both report the order: two messages, one order.
        if (random.Chance(ReportedTwicePerTenThousand))
        {
            WriteOrder(Origin.OfServer(session.Visitor, session.Device!), order, total, currency, at + random.Between(50, 3_000));
            outbox.End(fact);
        }
        return total;
    }

    private void Refund(Origin server, int order, long total, long at)
    {
        var amount = random.Chance(7_000) ? total : Math.Max(1, total * random.Between(1, 9) / 10);
        outbox.Begin(server, "track", EventNames.RefundIssued, at).Raw("\"order_id\":\"o-"u8).Number(100_000L + order)
            .Raw("\",\"total\":"u8).Money(amount).Raw(",\"currency\":\""u8).Text(server.Visitor.Country.Currency).Raw("\""u8);
        outbox.End(new Fact(EventNames.RefundIssued, Amount: -amount));
    }

    private JsonBytes WriteOrder(Origin origin, int order, long total, string currency, long at) =>
        outbox.Begin(origin, "track", EventNames.PurchaseCompleted, at).Raw("\"order_id\":\"o-"u8).Number(100_000L + order)
            .Raw("\",\"total\":"u8).Money(total).Raw(",\"currency\":\""u8).Text(currency).Raw("\""u8);
}
