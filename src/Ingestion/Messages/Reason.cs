namespace EventSourcedAnalytics.Ingestion;

/// <summary>Why one event was refused.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong with this very event and what to do.</param>
/// <param name="Field">The member it is about, for example <c>properties.total</c>; null = the whole message.</param>
public sealed record Reason(string Code, string Message, string? Field = null);
