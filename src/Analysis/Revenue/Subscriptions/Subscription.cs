using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>An active subscription of one person.</summary>
/// <param name="Id">Its id as UTF-8.</param>
/// <param name="Terms">What it costs.</param>
/// <param name="IsPaused">Paused: it brings nothing until it is resumed.</param>
/// <param name="IsTrial">Its trial has not ended: it brings nothing until then.</param>
internal readonly record struct Subscription(byte[] Id, SubscriptionTerms Terms, bool IsPaused, bool IsTrial)
{
    /// <summary>What it brings a month now, in twelfths of a minor unit.</summary>
    public Int128 Twelfths => IsPaused || IsTrial ? 0 : Terms.MonthlyTwelfths;

    public void Write(StateWriter writer)
    {
        writer.Bytes(Id);
        writer.Text(Terms.Currency.Code);
        writer.Int64(Terms.AmountMinor);
        writer.Int64((long)Terms.Interval);
        writer.Int64(Terms.Quantity);
        writer.Bool(IsPaused);
        writer.Bool(IsTrial);
        if (IsTrial) writer.Int64(Terms.TrialEndsAt);
    }

    public static Subscription Read(ref StateReader reader)
    {
        var id = reader.Bytes().ToArray();
        var terms = new SubscriptionTerms(Currencies.Get(reader.Text()!), reader.Int64(), (BillingInterval)reader.Int32(), reader.Int64());
        var (paused, trial) = (reader.Bool(), reader.Bool());
        return new Subscription(id, trial ? terms with { TrialEndsAt = reader.Int64() } : terms, paused, trial);
    }
}

/// <summary>A cancellation that is announced and not yet effective.</summary>
/// <param name="At">When it becomes effective.</param>
/// <param name="Id">The subscription's id as UTF-8.</param>
internal readonly record struct AnnouncedStop(long At, byte[] Id);
