using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>Which events claim an order id.</summary>
internal static class OrderIds
{
    private static readonly ConditionalWeakTable<Project, OrderEvents> Readers = [];

    /// <summary>The order id that an event claims for its project; null = it is no order.</summary>
    public static string? Of(Project project, AnalyticsEvent e) => Readers.GetValue(project, static from => new OrderEvents(from.Settings.Revenue)).ClaimOf(e);
}
