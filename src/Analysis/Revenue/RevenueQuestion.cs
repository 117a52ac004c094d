using System.Text.Json;
using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>A question about money; as JSON it carries its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(OrdersQuery), "ORDERS")]
[JsonDerivedType(typeof(CohortRevenueQuery), "COHORT")]
[JsonDerivedType(typeof(MrrQuery), "MRR")]
[JsonDerivedType(typeof(MrrFormulaQuery), "FORMULA")]
public abstract record RevenueQuestion
{
    /// <summary>What is wrong with the question; empty if nothing.</summary>
    public abstract IReadOnlyList<string> Validate();

    /// <summary>The project's calendar, with the week start the question asks for.</summary>
    internal static Calendar CalendarFor(Calendar calendar, DayOfWeek? weekStart) =>
        weekStart is null || weekStart == calendar.WeekStart ? calendar : new Calendar(calendar.Zone, weekStart.Value);

    internal static void CheckRange(TimeRange range, List<string> errors)
    {
        if (range.From > range.To) errors.Add("range.from lies after range.to.");
    }
}

/// <summary>A range as <c>{ "from": instant, "to": instant }</c>.</summary>
internal sealed class TimeRangeJson : JsonConverter<TimeRange>
{
    private sealed record Ends(string From, string To);

    public override TimeRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var ends = JsonSerializer.Deserialize<Ends>(ref reader, options);
        if (ends is not null && Instant.TryParse(ends.From, out var from) && Instant.TryParse(ends.To, out var to)) return new TimeRange(from, to);
        throw new JsonException("A range needs 'from' and 'to', both RFC 3339 instants.");
    }

    public override void Write(Utf8JsonWriter writer, TimeRange value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Ends(Instant.ToText(value.From), Instant.ToText(value.To)), options);
}
