using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Time;

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

    internal static void CheckRange(TimeRange range, List<string> errors)
    {
        if (range.From > range.To) errors.Add("range.from lies after range.to.");
    }

    internal static void CheckCurrency(string? code, List<string> errors)
    {
        if (code is not null && Currencies.Find(code) is null) errors.Add($"'{code}' is no currency of ISO 4217; give a code of three letters such as USD.");
    }

    /// <summary>
    /// Why cells of some kinds of period can't answer, null if they can: they know whole periods of the project's calendar and nothing finer.
    /// </summary>
    internal static string? WhyNotStored(Calendar calendar, DayOfWeek? weekStart, Period period, TimeRange range, IReadOnlyList<Period> kept)
    {
        if (!kept.Contains(period)) return $"No cells are kept per {period}; they are per {string.Join(", ", kept)}.";
        if (period == Period.Week && weekStart is not null && weekStart != calendar.WeekStart) return $"Weeks are kept from {calendar.WeekStart} on.";
        return calendar.IsWhole(period, range) ? null : $"The range doesn't begin and end with a {period} of the project's calendar.";
    }
}
