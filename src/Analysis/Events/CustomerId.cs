namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>Which of the two kinds of id a sender used.</summary>
public enum CustomerKind : byte
{
    /// <summary>An id that the sender's system knows its user by.</summary>
    User = (byte)'u',

    /// <summary>An id that a device or browser made up.</summary>
    Anonymous = (byte)'a',
}

/// <summary>
/// A customer: an id as the sender used it, with its kind, because a user id and an anonymous id of the same text are two customers. Each customer
/// has a stream of its own; one or more customers joined by identity are a person.
/// </summary>
/// <param name="Kind">User id or anonymous id.</param>
/// <param name="Id">The id as sent; never empty.</param>
public readonly record struct CustomerId(CustomerKind Kind, string Id)
{
    /// <summary>A customer known by a user id.</summary>
    public static CustomerId User(string id) => new(CustomerKind.User, id);

    /// <summary>A customer known by an anonymous id.</summary>
    public static CustomerId Anonymous(string id) => new(CustomerKind.Anonymous, id);

    /// <summary>Kind and id, for people: <c>u:42</c>.</summary>
    public override string ToString() => $"{(char)Kind}:{Id}";
}
