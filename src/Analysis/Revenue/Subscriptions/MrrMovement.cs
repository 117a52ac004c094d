namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>The kinds of movement of one person's MRR in one currency over one period.</summary>
public enum MrrMovementKind : byte
{
    /// <summary>From nothing, and nothing ever before the period.</summary>
    New,

    /// <summary>Up.</summary>
    Expansion,

    /// <summary>Down, not to nothing.</summary>
    Contraction,

    /// <summary>To nothing.</summary>
    Churn,

    /// <summary>From nothing, but something before.</summary>
    Reactivation,

    /// <summary>No movement.</summary>
    None,
}

/// <summary>A movement.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Twelfths">Its size in twelfths of a minor unit; never negative.</param>
internal readonly record struct MrrMovement(MrrMovementKind Kind, Int128 Twelfths)
{
    /// <summary>The movement from one MRR to another.</summary>
    /// <param name="opening">MRR just before the period.</param>
    /// <param name="closing">MRR just before its end.</param>
    /// <param name="paidBefore">Whether there was MRR over any stretch of time before the period.</param>
    public static MrrMovement Of(Int128 opening, Int128 closing, bool paidBefore)
    {
        if (opening == closing) return new MrrMovement(MrrMovementKind.None, 0);
        if (opening == 0) return new MrrMovement(paidBefore ? MrrMovementKind.Reactivation : MrrMovementKind.New, closing);
        if (closing == 0) return new MrrMovement(MrrMovementKind.Churn, opening);
        return closing > opening
            ? new MrrMovement(MrrMovementKind.Expansion, closing - opening)
            : new MrrMovement(MrrMovementKind.Contraction, opening - closing);
    }
}
