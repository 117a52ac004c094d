using System.Runtime.InteropServices;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Adds up the batches of an import.</summary>
/// <param name="head">Where the log stood when the import began; null if it was empty.</param>
internal sealed class ImportTally(LogPosition? head)
{
    private static readonly Reason Erased = new(ErrorCodes.CustomerErased, "The customer was erased; nothing more is taken for this id.");

    private readonly Dictionary<string, long> byCode = new(StringComparer.Ordinal);
    private readonly List<RefusedLine> examples = [];
    private long lines, bytes, accepted, repeated, rejected;
    private LogPosition? position;

    /// <summary>Adds a batch whose appends are all durable.</summary>
    public void Add(ImportBatch batch, Appended?[] outcomes)
    {
        lines += batch.Count;
        bytes += batch.Bytes;
        repeated += batch.Repeats;
        var before = Later(head, position);
        foreach (var (index, refused) in batch.Refused)
        {
            Refuse(batch.LineOf(index), refused.Reasons);
            if (outcomes[index] is Appended.Durable kept) Reach(kept.Position);
            outcomes[index] = null;
        }
        foreach (var (index, outcome) in outcomes.Index())
        {
            if (outcome is Appended.Erased) Refuse(batch.LineOf(index), [Erased]);
            if (outcome is not Appended.Durable durable) continue;
            // A log that recognises an event answers with the place it has had since its first time.
            if (durable.Position <= before) repeated++;
            else accepted++;
            Reach(durable.Position);
        }
    }

    /// <summary>The sum so far.</summary>
    public ImportReport ToReport() => new()
    {
        Lines = lines, Bytes = bytes, Accepted = accepted, Repeated = repeated, Rejected = rejected,
        RejectedByCode = new Dictionary<string, long>(byCode), Examples = [.. examples], Position = position,
    };

    private void Reach(LogPosition reached) => position = Later(position, reached);

    private static LogPosition? Later(LogPosition? left, LogPosition? right) => left is null || right > left ? right : left;

    private void Refuse(long line, IReadOnlyList<Reason> reasons)
    {
        rejected++;
        CollectionsMarshal.GetValueRefOrAddDefault(byCode, reasons[0].Code, out _)++;
        if (examples.Count < Limits.MaxReportedLines) examples.Add(new RefusedLine(line, reasons));
    }
}
