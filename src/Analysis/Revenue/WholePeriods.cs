using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Which ranges stored cells can answer: they know whole periods of the project's calendar and nothing finer.</summary>
internal static class WholePeriods
{
    public static string? WhyNot(Calendar calendar, DayOfWeek? weekStart, Period period, TimeRange range, IReadOnlyList<Period> kept)
    {
        if (!kept.Contains(period)) return $"{period} is not kept; kept are {string.Join(", ", kept)}.";
        if (period == Period.Week && weekStart is not null && weekStart != calendar.WeekStart) return $"Weeks are kept from {calendar.WeekStart} on.";
        if (calendar.StartOf(period, range.From) != range.From) return $"{Instant.ToText(range.From)} is not the start of a {period}.";
        return calendar.EndOf(period, calendar.StartOf(period, range.To)) == range.To ? null : $"{Instant.ToText(range.To)} is not the last instant of a {period}.";
    }
}
