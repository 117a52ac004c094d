using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>States that a process had left in memory when it ended, while the cells and the checkpoint went on.</summary>
/// <param name="Since">Where the states in Postgres stand; null = there are none.</param>
/// <param name="Unmarked">Persons whose mark went since then, each with its project: what they had before they were marked is in no state.</param>
internal sealed record LostStates(LogPosition? Since, IReadOnlyCollection<KeyValuePair<CustomerKey, string>> Unmarked)
{
    /// <summary>How far they are folded again.</summary>
    public LogPosition FoundTo { get; set; } = Since ?? LogPosition.At(0);
}
