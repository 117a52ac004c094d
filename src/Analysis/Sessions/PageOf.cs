using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>The page that an event views.</summary>
internal static class PageOf
{
    private static readonly PropertyPath ContextPath = PropertyPath.Parse("context.page.path");
    private static readonly PropertyPath PropertiesPath = PropertyPath.Parse("properties.path");

    /// <summary><c>context.page.path</c>, else <c>properties.path</c>, else the name of the page or screen, as a breakdown's key; null if the event is no page view.</summary>
    public static string? View(in PersonEvent e) => e.Event.Type is not (EventType.Page or EventType.Screen)
        ? null
        : PageAt(e.Event.Context, ContextPath) ?? PageAt(e.Event.Properties, PropertiesPath) ?? PageCache.Get(BreakdownKey.From(e.Event.Name));

    private static string? PageAt(JsonObjectSlice json, PropertyPath path)
    {
        if (json.IsEmpty) return null;
        if (PlainLookup.TryFind(json.Utf8.Span, path, 0, out JsonField field))
        {
            if (!field.IsSet) return null;
            // A text without escapes holds nothing that a key writes otherwise, unless it is too long for one.
            var utf8 = json.Utf8.Span.Slice(field.Start, field.Length);
            if (field.Type == JsonTokenType.String && field.Length <= Limits.MaxLabelLength && Ascii.IsValid(utf8)) return PageCache.Get(utf8);
        }
        var found = json.Find(path);
        return found.IsSet ? PageCache.Get(BreakdownKey.From(found.ToLabel())) : null;
    }
}
