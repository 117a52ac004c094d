namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The names of the kinds of message, as senders write them and as the log keeps them.</summary>
public static class EventTypes
{
    /// <summary>For example <c>track</c>.</summary>
    public static string NameOf(EventType type) => type switch
    {
        EventType.Track => "track",
        EventType.Page => "page",
        EventType.Screen => "screen",
        EventType.Identify => "identify",
        EventType.Group => "group",
        EventType.Alias => "alias",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type of message."),
    };

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
            _ => (EventType)(-1),
        };
        return (int)type >= 0;
    }
}
