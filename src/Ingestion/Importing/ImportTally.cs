using System.Runtime.InteropServices;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Adds up the batches of an import.</summary>
internal sealed class ImportTally
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
        foreach (var (index, refused) in batch.Refused) Refuse(batch.LineOf(index), refused.Reasons);
        var erased = 0;
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is Appended.Durable durable && (position is not { } known || durable.Position > known)) position = durable.Position;
            if (outcomes[i] is not Appended.Erased) continue;
            Refuse(batch.LineOf(i), [Erased]);
            erased++;
        }
        accepted += batch.Count - batch.Refused.Count - batch.Repeats - erased;
    }

    /// <summary>The sum so far.</summary>
    public ImportReport ToReport() => new()
    {
        Lines = lines, Bytes = bytes, Accepted = accepted, Repeated = repeated, Rejected = rejected,
        RejectedByCode = new Dictionary<string, long>(byCode), Examples = [.. examples], Position = position,
    };

    private void Refuse(long line, IReadOnlyList<Reason> reasons)
    {
        rejected++;
        CollectionsMarshal.GetValueRefOrAddDefault(byCode, reasons[0].Code, out _)++;
        if (examples.Count < Limits.MaxReportedLines) examples.Add(new RefusedLine(line, reasons));
    }
}
