namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>What an event says about who is who.</summary>
public abstract record IdentityLink
{
    private IdentityLink() { }

    /// <summary>An anonymous id belongs to a user id: it is bound to the first one, by position, that claims it.</summary>
    public sealed record Bind(string AnonymousId, string UserId) : IdentityLink;

    /// <summary>Two user ids are one person.</summary>
    public sealed record Join(string PreviousId, string UserId) : IdentityLink;

    /// <summary>
    /// The link an event makes: identify with both ids binds; alias joins, but binds if its previous id is the very anonymous id it came with. Every other event makes none.
    /// </summary>
    public static IdentityLink? Of(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (e.Customer.Kind != CustomerKind.User) return null;
        return e.Type switch
        {
            EventType.Identify when e.AnonymousId is not null => new Bind(e.AnonymousId, e.Customer.Id),
            EventType.Alias when e.PreviousId is null || (e.PreviousId == e.Customer.Id && e.PreviousId != e.AnonymousId) => null,
            EventType.Alias when e.PreviousId == e.AnonymousId => new Bind(e.PreviousId, e.Customer.Id),
            EventType.Alias => new Join(e.PreviousId, e.Customer.Id),
            _ => null,
        };
    }
}
