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

    /// <summary>The settings that decide which events claim an order id, as a text: claims decided under other rules are worth nothing.</summary>
    public static string RulesOf(Project project) => Rules.GetValue(project.Settings.Revenue, static settings => JsonSerializer.Serialize(settings, AnalysisJson.Options));

    /// <summary>The order id that an event claims for its project; null = it is no order.</summary>
    public static string? Of(Project project, AnalyticsEvent e) => Readers.GetValue(project, static from => new OrderEvents(from.Settings.Revenue)).ClaimOf(e);
}
