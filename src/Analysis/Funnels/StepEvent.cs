namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>What is left of an event once it is matched: all that a pass looks at.</summary>
/// <param name="At">When, milliseconds since the Unix epoch.</param>
/// <param name="Position">Position in the log: tells events of one millisecond apart.</param>
/// <param name="Steps">Bit k-1: the event matches step k.</param>
/// <param name="Taints">Bit k: the event is excluded between step k and the next.</param>
/// <param name="Tags">Breakdown value and constant value, if the funnel asks for them.</param>
internal readonly record struct StepEvent(long At, long Position, uint Steps, uint Taints = 0, EventTags? Tags = null);

/// <summary>Values found on a matched event.</summary>
/// <param name="Label">Its breakdown value (<see cref="BreakdownLabel"/>).</param>
/// <param name="Constant">The value of the property held constant, as a key; null if the event has none.</param>
internal sealed record EventTags(string? Label, string? Constant);

/// <summary>An event that filled a step: when, and where in the log.</summary>
/// <param name="At">Milliseconds since the Unix epoch.</param>
/// <param name="Position">Position in the log; 0 where a stored state no longer knows it.</param>
public readonly record struct FunnelTouch(long At, long Position);
