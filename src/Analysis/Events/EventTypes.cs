namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The names of the kinds of event, as senders write them and as the log keeps them.</summary>
public static class EventTypes
{
    /// <summary>The kinds that senders may send.</summary>
    public static IReadOnlyList<EventType> Messages { get; } = [EventType.Track, EventType.Page, EventType.Screen, EventType.Identify, EventType.Group, EventType.Alias];

    /// <summary>For example <c>track</c>.</summary>
    public static string NameOf(EventType type) => type switch
    {
        EventType.Track => "track",
        EventType.Page => "page",
        EventType.Screen => "screen",
        EventType.Identify => "identify",
        EventType.Group => "group",
        EventType.Alias => "alias",
        EventType.Voided => "event_voided",
        EventType.Amended => "event_amended",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type of message."),
    };

    /// <summary>Reads the kind of a sender's message; case matters.</summary>
    /// <returns>False if no message has this kind.</returns>
    public static bool TryParseMessage(string? name, out EventType type) => TryParse(name, out type) && type is not (EventType.Voided or EventType.Amended);

    /// <summary>Reads what <see cref="NameOf"/> writes; case matters.</summary>
    /// <returns>False if no type has this name.</returns>
    public static bool TryParse(string? name, out EventType type)
    {
        type = name switch
        {
            "track" => EventType.Track,
            "page" => EventType.Page,
            "screen" => EventType.Screen,
            "identify" => EventType.Identify,
            "group" => EventType.Group,
            "alias" => EventType.Alias,
            "event_voided" => EventType.Voided,
            "event_amended" => EventType.Amended,
            _ => (EventType)(-1),
        };
        return (int)type >= 0;
    }
}
