using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>The messages of one batch, judged, and what has to be appended for them.</summary>
internal sealed class BatchPlan(ProjectRules rules, long receivedAt, bool isImport, int messages)
{
    private readonly Preparer preparer = new(rules, receivedAt, isImport);
    private readonly AppendPlan plan = new(rules.Project, messages);
    private readonly List<(int Index, long? Line, string? Type)> places = [];

    /// <summary>The refused messages.</summary>
    public List<(int Index, Prepared.Refused Refused)> Refused { get; } = [];

    /// <summary>Messages that repeat one of the same batch.</summary>
    public int Repeats { get; private set; }

    /// <summary>Judges a message; it must have an id.</summary>
    /// <param name="message">The message.</param>
    /// <param name="line">Its line in an import.</param>
    public void Add(Message message, long? line)
    {
        switch (preparer.Prepare(message))
        {
            case Prepared.Ready ready:
                if (!plan.Add(ready, message.Index)) Repeats++;
                break;
            case Prepared.Refused refused:
                AddRefused(message.Index, line, message.Type is { } type ? EventTypes.NameOf(type) : null, refused);
                break;
        }
    }

    /// <summary>Adds what is refused before it is a message.</summary>
    public void AddRefused(int index, long? line, string? type, Prepared.Refused refused)
    {
        Refused.Add((index, refused));
        places.Add((index, line, type));
    }

    /// <summary>All appends: the events' own, then those of the refused.</summary>
    public IReadOnlyList<PlannedAppend> Appends() => Refused.Count == 0 ? plan.ToAppends() :
        [.. plan.ToAppends(), .. RejectedEvents.Plan(rules.Project, receivedAt, isImport, places.Zip(Refused, (place, refused) => (place.Index, place.Line, place.Type, refused.Refused)))];
}
