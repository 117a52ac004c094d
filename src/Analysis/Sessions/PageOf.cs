using System.Diagnostics.CodeAnalysis;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>The page that an event views.</summary>
internal static class PageOf
{
    private const int Slots = 4096;

    private static readonly string?[] Pages = new string?[Slots];
    private static readonly PropertyPath ContextPath = PropertyPath.Parse("context.page.path");
    private static readonly PropertyPath PropertiesPath = PropertyPath.Parse("properties.path");

    /// <summary><c>context.page.path</c>, else <c>properties.path</c>, else the name of the page or screen, as a breakdown's key; null if the event is no page view.</summary>
    public static string? View(in PersonEvent e)
    {
        if (e.Event.Type is not (EventType.Page or EventType.Screen)) return null;
        var path = e.Find(ContextPath);
        if (!path.IsSet) path = e.Find(PropertiesPath);
        return Shared(BreakdownKey.From(path.IsSet ? path.ToLabel() : e.Event.Name));
    }

    /// <summary>The same text, mostly the same object for equal ones: many persons are on the same pages, and a state keeps the text.</summary>
    [return: NotNullIfNotNull(nameof(page))]
    public static string? Shared(string? page)
    {
        if (page is null) return null;
        // Racing writers only replace one right text by another.
        ref var slot = ref Pages[page.GetHashCode(StringComparison.Ordinal) & (Slots - 1)];
        if (slot is { } known && known == page) return known;
        Volatile.Write(ref slot, page);
        return page;
    }
}
