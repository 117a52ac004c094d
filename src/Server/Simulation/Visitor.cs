namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>Somebody who comes to the shop, on one or two devices.</summary>
internal sealed class Visitor(int number, Country country)
{
    internal const int MaxDevices = 2;

    internal int Number { get; } = number;
    internal Country Country { get; } = country;

    /// <summary>Known to the shop by an account.</summary>
    internal bool HasAccount { get; set; }

    /// <summary>How likely a drawn visitor really comes back, in percent.</summary>
    internal int Loyalty { get; init; }

    internal DeviceInUse First { get; init; } = null!;
    internal DeviceInUse? Second { get; set; }

    internal bool IsMember { get; set; }
    internal Cart? Cart { get; set; }

    /// <summary>The steps that were reported under the account, as the truth counts them.</summary>
    internal Steps ReportedByAccount { get; set; }

    internal IEnumerable<DeviceInUse> DevicesInUse => Second is null ? [First] : [First, Second];
}

/// <summary>A visitor's browser or app: an anonymous id of its own.</summary>
internal sealed class DeviceInUse(Device device, ulong idHigh, ulong idLow)
{
    internal Device Device { get; } = device;
    internal ulong IdHigh { get; } = idHigh;
    internal ulong IdLow { get; } = idLow;

    /// <summary>The account has been named on this device.</summary>
    internal bool IsLoggedIn { get; set; }

    /// <summary>A message that joins this device to the account has arrived.</summary>
    internal bool IsBound { get; set; }

    /// <summary>The steps that were reported under the anonymous id alone.</summary>
    internal Steps ReportedAnonymously { get; set; }
}

/// <summary>What a person has been seen to do.</summary>
[Flags]
internal enum Steps : byte
{
    None = 0,
    Seen = 1,
    ProductViewed = 2,
    AddedToCart = 4,
    CheckoutStarted = 8,
    PurchaseCompleted = 16,
}

internal sealed class Cart(ulong id)
{
    internal ulong Id { get; } = id;
    internal List<(Product Product, int Quantity)> Lines { get; } = [];
    internal long Total => Lines.Sum(l => l.Product.Price * l.Quantity);
}
