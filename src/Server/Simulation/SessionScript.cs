namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>What a visitor does in one session, from the landing page to the order or to nothing.</summary>
internal sealed class SessionScript(RandomSource random, Outbox outbox, Checkout checkout, Memberships memberships)
{
    private const int SearchPerTenThousand = 1_700;
    private const int SignUpPerTenThousand = 250;
    private const int AddToCartPerTenThousand = 1_700;
    private const int RemovePerTenThousand = 900;
    private const int CheckoutPerTenThousand = 4_000;
    private const int JoinPerTenThousand = 180;

    private static readonly string[] Searches = ["lamp", "mug", "gift", "blanket", "planter", "chair", "towel", "notebook", "sale"];

    internal void Play(Origin session, long at)
    {
        var visitor = session.Visitor;
        // A new device of a known visitor: it is of no use to the shop until the account is named on it.
        if (visitor.HasAccount && !session.Device!.IsLoggedIn)
            checkout.LogIn(session, at);
        Page(session, at, "Home", "/");
        if (random.Chance(SearchPerTenThousand))
            Search(session, at += Pause());
        var views = Views(visitor);
        for (var i = 0; i < views; i++)
        {
            var product = Catalogue.Products[random.Skewed(Catalogue.Products.Length)];
            if (random.Chance(5_000))
                Page(session, at += Pause(), "Category", "/c/" + product.Category);
            View(session, at += Pause(), product);
            if (random.Chance(AddToCartPerTenThousand))
                Add(session, at += Pause(), product);
        }
        if (!visitor.HasAccount && random.Chance(SignUpPerTenThousand))
            checkout.SignUp(session, at += Pause());
        if (visitor.Cart is { } cart && random.Chance(RemovePerTenThousand))
            Remove(session, at += Pause(), cart);
        if (visitor.Cart is { Lines.Count: > 0 } full && random.Chance(CheckoutPerTenThousand))
        {
            Page(session, at += Pause(), "Cart", "/cart");
            checkout.Play(session, full, at += Pause());
        }
        if (session.NamesAccount && !visitor.IsMember && random.Chance(JoinPerTenThousand))
        {
            Page(session, at += 5 * Pause(), "Membership", "/plus");
            memberships.Begin(Origin.OfServer(visitor, session.Device!), at + Pause());
        }
    }

    private long Pause() => random.Between(2_000, 70_000);

    private int Views(Visitor visitor)
    {
        var more = visitor.Loyalty > 50 ? 1_200 : 0;
        return random.Chance(6_400 + more) ? 1 + random.Skewed(9) : 0;
    }

    private void Page(Origin session, long at, string name, string path)
    {
        session.Path = path;
        outbox.Begin(session, "page", name, at).Raw("\"path\":\""u8).Text(path).Raw("\",\"title\":\""u8).Text(name).Raw("\""u8);
        outbox.End(new Fact(name));
    }

    private void Search(Origin session, long at)
    {
        outbox.Begin(session, "track", EventNames.SearchPerformed, at).Raw("\"query\":\""u8).Text(Searches[random.Skewed(Searches.Length)])
            .Raw("\",\"results\":"u8).Number(random.Between(0, 24));
        outbox.End(new Fact(EventNames.SearchPerformed));
    }

    private void View(Origin session, long at, Product product)
    {
        Page(session, at, "Product", "/p/" + product.Id);
        WriteProduct(outbox.Begin(session, "track", EventNames.ProductViewed, at + random.Between(1, 400)), product, session.Visitor);
        outbox.End(new Fact(EventNames.ProductViewed, Steps.ProductViewed));
    }

    private void Add(Origin session, long at, Product product)
    {
        var cart = session.Visitor.Cart ??= new Cart(random.Next());
        var quantity = random.Chance(8_200) ? 1 : (int)random.Between(2, 4);
        cart.Lines.Add((product, quantity));
        WriteProduct(outbox.Begin(session, "track", EventNames.AddedToCart, at).Raw("\"cart_id\":\""u8).Hex(cart.Id).Raw("\","u8), product, session.Visitor)
            .Raw(",\"quantity\":"u8).Number(quantity);
        outbox.End(new Fact(EventNames.AddedToCart, Steps.AddedToCart));
    }

    private void Remove(Origin session, long at, Cart cart)
    {
        var product = cart.Lines[^1].Product;
        cart.Lines.RemoveAt(cart.Lines.Count - 1);
        if (cart.Lines.Count == 0)
            session.Visitor.Cart = null;
        WriteProduct(outbox.Begin(session, "track", EventNames.RemovedFromCart, at).Raw("\"cart_id\":\""u8).Hex(cart.Id).Raw("\","u8), product, session.Visitor);
        outbox.End(new Fact(EventNames.RemovedFromCart));
    }

    private static JsonBytes WriteProduct(JsonBytes json, Product product, Visitor visitor) =>
        json.Raw("\"product_id\":\""u8).Text(product.Id).Raw("\",\"name\":\""u8).Text(product.Name).Raw("\",\"category\":\""u8).Text(product.Category)
            .Raw("\",\"price\":"u8).Money(product.Price).Raw(",\"currency\":\""u8).Text(visitor.Country.Currency).Raw("\""u8);
}
