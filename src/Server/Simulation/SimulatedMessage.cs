namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>One message as it arrives, with what the simulation knows about it.</summary>
/// <param name="Json">One message of the Segment tracking API, UTF-8.</param>
/// <param name="ArrivesAt">When it arrives, in milliseconds since the Unix epoch; never falls from one message to the next.</param>
/// <param name="Flaw">What is wrong with it, if anything.</param>
/// <param name="IsLate">It arrives an hour or more after it happened.</param>
/// <param name="IsDuplicate">A message with this messageId arrived before.</param>
public readonly record struct SimulatedMessage(byte[] Json, long ArrivesAt, Flaw Flaw, bool IsLate, bool IsDuplicate)
{
    /// <summary>Whether ingestion must reject it.</summary>
    public bool IsInvalid => Flaw != Flaw.None;
}

/// <summary>Why a message must be rejected.</summary>
public enum Flaw
{
    /// <summary>It is as it should be.</summary>
    None,

    /// <summary>Neither userId nor anonymousId.</summary>
    NoId,

    /// <summary>A track message without the name of its event.</summary>
    NoEventName,

    /// <summary>An order whose total is a word, or finer than its currency's smallest unit.</summary>
    BadAmount,

    /// <summary>An order in a currency that ISO 4217 doesn't know.</summary>
    UnknownCurrency,

    /// <summary>A timestamp days after the end of the simulated time.</summary>
    FutureTimestamp,
}
