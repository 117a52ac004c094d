namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>Whose messages they are and what surrounds them: a session on a device, or the shop's server (no device, no session).</summary>
internal sealed class Origin(Visitor visitor, DeviceInUse? device, byte[] context)
{
    internal Visitor Visitor { get; } = visitor;
    internal DeviceInUse? Device { get; } = device;

    /// <summary>The inside of the messages' <c>context</c>, but for the page.</summary>
    internal byte[] Context { get; } = context;

    /// <summary>The page that the visitor stands on.</summary>
    internal string Path { get; set; } = "";

    /// <summary>For a device without a network: when it is back, in milliseconds since the Unix epoch. Else 0.</summary>
    internal long BackOnlineAt { get; init; }

    /// <summary>A message of this session has arrived.</summary>
    internal bool HasArrived { get; set; }

    /// <summary>Messages name the account, beside the device's anonymous id.</summary>
    internal bool NamesAccount => Visitor.HasAccount && (Device is null || Device.IsLoggedIn);

    /// <summary>The session of a device.</summary>
    internal static Origin OfSession(
        Visitor visitor, DeviceInUse device, ulong sessionId, Referrer referrer, Campaign? campaign, long backOnlineAt, JsonBytes json)
    {
        json.Clear();
        json.Raw("\"sessionId\":\""u8).Hex(sessionId).Raw("\",\"country\":\""u8).Text(visitor.Country.Code)
            .Raw("\",\"locale\":\""u8).Text(visitor.Country.Locale)
            .Raw("\",\"device\":{\"type\":\""u8).Text(device.Device.Kind).Raw("\",\"browser\":\""u8).Text(device.Device.Browser)
            .Raw("\"},\"library\":{\"name\":\""u8).Text(device.Device.Library).Raw("\"}"u8);
        if (referrer.Address.Length > 0)
            json.Raw(",\"referrer\":{\"url\":\""u8).Text(referrer.Address).Raw("\"}"u8);
        if (campaign is not null)
            json.Raw(",\"campaign\":{\"name\":\""u8).Text(campaign.Name).Raw("\",\"source\":\""u8).Text(campaign.Source)
                .Raw("\",\"medium\":\""u8).Text(campaign.Medium).Raw("\"}"u8);
        return new Origin(visitor, device, json.ToArray()) { BackOnlineAt = backOnlineAt };
    }

    /// <summary>The shop's server, which knows a visitor with an account by that, and others by the device that they ordered on.</summary>
    internal static Origin OfServer(Visitor visitor, DeviceInUse device) =>
        new(visitor, visitor.HasAccount ? null : device, "\"library\":{\"name\":\"shop-server\"}"u8.ToArray());
}
