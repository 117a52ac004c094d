using System.Text.Json.Nodes;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>A line that was not taken.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reasons">At least one.</param>
public sealed record RefusedLine(long Line, IReadOnlyList<Reason> Reasons);

/// <summary>How far an import is, or what came of it.</summary>
public sealed record ImportReport
{
    /// <summary>Lines read, blank ones not counted.</summary>
    public long Lines { get; init; }

    /// <summary>Bytes read, after decompression.</summary>
    public long Bytes { get; init; }

    /// <summary>Messages new in the log.</summary>
    public long Accepted { get; init; }

    /// <summary>Messages that repeat one appended together with them, or one that the log still recognised. Repeats further apart are in the log too; every number leaves them out.</summary>
    public long Repeated { get; init; }

    /// <summary>Messages refused.</summary>
    public long Rejected { get; init; }

    /// <summary>Refused messages by the code of their first reason.</summary>
    public IReadOnlyDictionary<string, long> RejectedByCode { get; init; } = new Dictionary<string, long>();

    /// <summary>The first refused lines.</summary>
    public IReadOnlyList<RefusedLine> Examples { get; init; } = [];

    /// <summary>Position of the last event written or recognised; null if there is none.</summary>
    public LogPosition? Position { get; init; }

    /// <summary>Why the import stopped before its end; null if it didn't. It can be started again from the beginning: nothing is counted twice.</summary>
    public string? Failure { get; init; }

    /// <summary>The report as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["success"] = Failure is null,
        ["message"] = Failure,
        ["lines"] = Lines,
        ["bytes"] = Bytes,
        ["accepted"] = Accepted,
        ["repeated"] = Repeated,
        ["rejected"] = Rejected,
        ["rejectedByCode"] = new JsonObject(RejectedByCode.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["position"] = Position?.ToString(),
        ["examples"] = new JsonArray([.. Examples.Select(example => new JsonObject
        {
            ["line"] = example.Line, ["code"] = example.Reasons[0].Code, ["message"] = example.Reasons[0].Message, ["field"] = example.Reasons[0].Field,
        })]),
    };
}
