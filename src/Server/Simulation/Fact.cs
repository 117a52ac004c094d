namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>What the truth needs to know about a message.</summary>
/// <param name="Name">The event's name, or the message's type where it has none.</param>
/// <param name="Step">The step that it reports, if any.</param>
/// <param name="Order">The number of the order that was completed; 0 for other messages.</param>
/// <param name="Amount">Minor units of the order, negative for a refund; 0 for other messages.</param>
internal readonly record struct Fact(string Name, Steps Step = Steps.None, int Order = 0, long Amount = 0);
