namespace EventSourcedAnalytics.Ingestion;

/// <summary>Some lines of an import on their way: parsed in order, then judged anywhere.</summary>
internal sealed class ImportBatch(ProjectRules rules, long receivedAt, LineBatch lines)
{
    private readonly BatchPlan plan = new(rules, receivedAt, isImport: true, lines.Lines.Count);

    /// <summary>Lines in the batch.</summary>
    public int Count => lines.Lines.Count;

    /// <summary>Bytes read for the batch.</summary>
    public long Bytes => lines.Bytes;

    /// <summary>What has to be appended; after <see cref="Judge"/>.</summary>
    public IReadOnlyList<PlannedAppend> Appends { get; private set; } = [];

    /// <summary>The refused lines, by their place in the batch; after <see cref="Judge"/>.</summary>
    public IReadOnlyList<(int Index, Prepared.Refused Refused)> Refused => plan.Refused;

    /// <summary>Messages that repeat one of the batch; after <see cref="Judge"/>.</summary>
    public int Repeats => plan.Repeats;

    /// <summary>The number in the file of the line at a place in the batch.</summary>
    public long LineOf(int index) => lines.Lines[index].Number;

    /// <summary>Takes the messages out of their lines and gives ids to those without.</summary>
    public Body[] Parse(DerivedIds ids)
    {
        var bodies = new Body[Count];
        for (var i = 0; i < bodies.Length; i++)
        {
            var text = lines.Lines[i].Text;
            bodies[i] = text.IsEmpty
                ? new Body.Broken(ErrorCodes.EventTooLarge, $"The line has more than {Limits.MaxLineBytes} bytes.")
                : BodyReader.ReadLine(text, i);
            if (bodies[i] is Body.Read { Messages: [{ MessageId: null } message] }) message.MessageId = ids.Next(text.Span);
        }
        return bodies;
    }

    /// <summary>Judges what <see cref="Parse"/> gave.</summary>
    public ImportBatch Judge(Body[] bodies)
    {
        for (var i = 0; i < bodies.Length; i++)
        {
            if (bodies[i] is Body.Read read) plan.Add(read.Messages[0], LineOf(i));
            else if (bodies[i] is Body.Broken broken)
                plan.AddRefused(i, LineOf(i), type: null, new Prepared.Refused([new Reason(broken.Code, broken.Message)], MessageId: null, Body: default));
        }
        Appends = plan.Appends();
        return this;
    }
}
