using System.Runtime.CompilerServices;
using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>Which events claim an order id.</summary>
internal static class OrderIds
{
    private static readonly ConditionalWeakTable<Project, OrderEvents> Readers = [];

    private static readonly ConditionalWeakTable<RevenueSettings, string> Rules = [];

    // With another number all claims are made anew: they are kept in another way.
    private const string Form = "2 ";

    /// <summary>The settings that decide which events claim an order id, as a text: claims decided under other rules are worth nothing.</summary>
    public static string RulesOf(Project project) => Rules.GetValue(project.Settings.Revenue, static settings => Form + JsonSerializer.Serialize(settings, AnalysisJson.Options));

    /// <summary>The order id that an event claims for its project; null = it is no order.</summary>
    public static string? Of(Project project, AnalyticsEvent e) => Readers.GetValue(project, static from => new OrderEvents(from.Settings.Revenue)).ClaimOf(e);

    /// <summary>The order id that an event claims, or gives to the event that it amends.</summary>
    public static string? OfAny(Project project, AnalyticsEvent e) => Of(project, e.Type == EventType.Amended ? AsTrack.AmendedBy(e) : e);

    private static readonly AnalyticsEvent AsTrack = new()
    {
        Name = "", Type = EventType.Track, OccurredAt = 0, ReceivedAt = 0, MessageId = "", Customer = CustomerId.Anonymous(""),
    };
}
