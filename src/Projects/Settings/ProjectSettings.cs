using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Projects;

/// <summary>What a project decided about its numbers and its customers' privacy.</summary>
public sealed record ProjectSettings
{
    /// <summary>IANA name of the zone that days, weeks and months are cut in.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>First day of a week: Sunday or Monday.</summary>
    public DayOfWeek WeekStart { get; init; } = DayOfWeek.Sunday;

    /// <summary>Which events are revenue, and the currency of those that name none.</summary>
    public RevenueSettings Revenue { get; init; } = RevenueSettings.Default;

    /// <summary>What may not be stored as it was sent.</summary>
    public PrivacySettings Privacy { get; init; } = new();

    /// <summary>Days, weeks and months as the project counts them.</summary>
    /// <exception cref="TimeZoneNotFoundException">The zone is unknown on this machine.</exception>
    [JsonIgnore]
    public Calendar Calendar => Calendars.GetOrAdd((TimeZone, WeekStart), static place => Calendar.For(place.Zone, place.WeekStart));

    private static readonly ConcurrentDictionary<(string Zone, DayOfWeek WeekStart), Calendar> Calendars = new();

    /// <summary>The settings that change a definition's numbers, as a text: part of the definition's revision.</summary>
    internal string NumbersOf(DefinitionKind kind)
    {
        var calendar = $"zone={TimeZone};week={WeekStart}";
        return kind == DefinitionKind.Funnel || kind == DefinitionKind.Activity
            ? calendar
            : calendar + ";revenue=" + CanonicalJson.Of(JsonSerializer.SerializeToElement(Revenue, AnalysisJson.Options));
    }

    /// <summary>What is wrong with the settings; empty if nothing.</summary>
    public IReadOnlyList<CommandError> Validate()
    {
        var errors = new List<CommandError>();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || !(zone.HasIanaId || TimeZone == "UTC"))
            errors.Add(new CommandError(ErrorCodes.InvalidInput, $"'{TimeZone}' is no IANA time zone; give one such as Europe/Berlin.", "timeZone"));
        if (WeekStart is not (DayOfWeek.Sunday or DayOfWeek.Monday))
            errors.Add(new CommandError(ErrorCodes.InvalidInput, "A week starts on SUNDAY or MONDAY.", "weekStart"));
        errors.AddRange(Revenue.Validate().Select(message => new CommandError(ErrorCodes.InvalidInput, message, "revenue")));
        errors.AddRange(Privacy.Validate().Select(message => new CommandError(ErrorCodes.InvalidInput, message, "privacy")));
        return errors;
    }
}
