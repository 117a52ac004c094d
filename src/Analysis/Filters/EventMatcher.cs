using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Filters;

/// <summary>Filters and patterns made ready to be asked of every event.</summary>
public sealed class EventMatcher
{
    private readonly (string? Name, Condition[] Conditions)[] patterns;
    private readonly Condition[] common;

    private EventMatcher((string?, Condition[])[] patterns, Condition[] common)
    {
        this.patterns = patterns;
        this.common = common;
    }

    /// <summary>True if some filter looks at the person's traits.</summary>
    public bool NeedsTraits => Conditions().Any(condition => condition.NeedsTraits);

    /// <summary>True if some filter looks at the newest traits, so that every identify event can change old matches.</summary>
    public bool NeedsLatestTraits => Conditions().Any(condition => condition.NeedsLatest);

    /// <summary>The event names that can match; null = any name.</summary>
    public IReadOnlyCollection<string>? Names => patterns.Any(pattern => pattern.Name is null) ? null : [.. patterns.Select(pattern => pattern.Name!).Distinct()];

    /// <summary>Makes a matcher of a series, with filters that every event must pass besides.</summary>
    /// <exception cref="FormatException">A filter has no path or operator, a path no root, a value of the wrong kind, or an invalid regular expression.</exception>
    public static EventMatcher For(EventSeries series, IReadOnlyList<Filter>? filters = null)
    {
        ArgumentNullException.ThrowIfNull(series);
        var patterns = series.Events.Count == 0
            ? [(null, [])]
            : series.Events.Select(pattern => (pattern.Name, Compile(pattern.Filters))).ToArray();
        return new EventMatcher(patterns, Compile(filters));
    }

    /// <summary>As <see cref="For"/>, for checks of a definition: null and a message where that would throw.</summary>
    public static EventMatcher? TryFor(EventSeries series, IReadOnlyList<Filter>? filters, out string message)
    {
        message = "";
        try { return For(series, filters); }
        catch (FormatException error) { message = error.Message; return null; }
    }

    /// <summary>Whether an activity event matches one of the patterns and all common filters. Identify, group and alias events match nothing.</summary>
    public bool Matches(in PersonEvent candidate)
    {
        if (!candidate.Event.IsActivity) return false;
        foreach (var (name, conditions) in patterns)
        {
            if (name is not null && !string.Equals(name, candidate.Event.Name, StringComparison.Ordinal)) continue;
            if (Hold(conditions, candidate)) return Hold(common, candidate);
        }
        return false;
    }

    private IEnumerable<Condition> Conditions() => patterns.SelectMany(pattern => pattern.Conditions).Concat(common);

    private static Condition[] Compile(IReadOnlyList<Filter>? filters) => filters is null ? [] : [.. filters.Select(Condition.From)];

    private static bool Hold(Condition[] conditions, in PersonEvent candidate)
    {
        foreach (var condition in conditions) if (!condition.Holds(candidate)) return false;
        return true;
    }
}

/// <summary>One filter, ready to be asked.</summary>
internal abstract class Condition
{
    public virtual bool NeedsTraits => false;

    public virtual bool NeedsLatest => false;

    public abstract bool Holds(in PersonEvent candidate);

    public static Condition From(Filter filter)
    {
        if (filter.Any is { } any) return new Group([.. any.Select(From)], all: false);
        if (filter.All is { } all) return new Group([.. all.Select(From)], all: true);
        if (filter.Path is null || filter.Op is null) throw new FormatException("A filter needs 'path' and 'op', or a group 'any' or 'all'.");
        return new Comparison(PropertyPath.Parse(filter.Path), filter.Op.Value, filter.Value, filter.Latest);
    }

    private sealed class Group(Condition[] parts, bool all) : Condition
    {
        public override bool NeedsTraits => parts.Any(part => part.NeedsTraits);

        public override bool NeedsLatest => parts.Any(part => part.NeedsLatest);

        public override bool Holds(in PersonEvent candidate)
        {
            foreach (var part in parts) if (part.Holds(candidate) != all) return !all;
            return all;
        }
    }

    private sealed class Comparison : Condition
    {
        private readonly PropertyPath path;
        private readonly FilterOperator op;
        private readonly PropertyValue[] values;
        private readonly Regex? regex;
        private readonly bool latest;

        public Comparison(PropertyPath path, FilterOperator op, JsonElement? value, bool latest)
        {
            this.path = path;
            this.op = op;
            this.latest = latest;
            values = ReadValues(path, op, value);
            if (op != FilterOperator.Regex) return;
            try
            {
                regex = new Regex(values[0].Text ?? throw new FormatException($"The filter on {path} needs a text as regular expression."),
                    RegexOptions.CultureInvariant, Limits.RegexTimeout);
            }
            catch (ArgumentException error)
            {
                throw new FormatException($"The filter on {path} has an invalid regular expression: {error.Message}", error);
            }
        }

        public override bool NeedsTraits => path.Root == PropertyRoot.Customer;

        public override bool NeedsLatest => NeedsTraits && latest;

        public override bool Holds(in PersonEvent candidate)
        {
            var value = candidate.Find(path, latest);
            return op switch
            {
                FilterOperator.IsSet => value.IsSet,
                FilterOperator.IsNotSet => !value.IsSet,
                FilterOperator.Neq or FilterOperator.NotIn => !value.IsSet || !EqualsAny(value),
                FilterOperator.NotContains => !value.IsSet || !Contains(value),
                _ => value.IsSet && HoldsSet(value),
            };
        }

        private bool HoldsSet(PropertyValue value) => op switch
        {
            FilterOperator.Eq or FilterOperator.In => EqualsAny(value),
            FilterOperator.Contains => Contains(value),
            FilterOperator.Regex => value.Kind == PropertyKind.Text && IsMatch(value.Text!),
            FilterOperator.Gt => Order(value) > 0,
            FilterOperator.Gte => Order(value) >= 0,
            FilterOperator.Lt => Order(value) < 0,
            _ => Order(value) <= 0,
        };

        private bool EqualsAny(PropertyValue value)
        {
            foreach (var wanted in values) if (wanted == value) return true;
            return false;
        }

        private bool Contains(PropertyValue value) =>
            value.Kind == PropertyKind.Text && values[0].Kind == PropertyKind.Text && value.Text!.Contains(values[0].Text!, StringComparison.Ordinal);

        private bool IsMatch(string text)
        {
            try { return regex!.IsMatch(text); }
            catch (RegexMatchTimeoutException) { return false; }
        }

        // Null where the two can't be ordered: every comparison with null is false.
        private int? Order(PropertyValue value)
        {
            var wanted = values[0];
            if (value.Kind == PropertyKind.Number && wanted.Kind == PropertyKind.Number) return value.Number.CompareTo(wanted.Number);
            if (value.Kind != PropertyKind.Text || wanted.Kind != PropertyKind.Text) return null;
            return Instant.TryParse(value.Text!, out var left) && Instant.TryParse(wanted.Text!, out var right) ? left.CompareTo(right) : null;
        }

        private static PropertyValue[] ReadValues(PropertyPath path, FilterOperator op, JsonElement? value)
        {
            if (op is FilterOperator.IsSet or FilterOperator.IsNotSet) return [];
            if (value is not { } json) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The filter '{op}' on {path} needs a value."));
            if (op is not (FilterOperator.In or FilterOperator.NotIn)) return [Read(json)];
            if (json.ValueKind != JsonValueKind.Array) throw new FormatException($"The filter '{op}' on {path} needs a list of values.");
            return [.. json.EnumerateArray().Select(Read)];
        }

        private static PropertyValue Read(JsonElement json)
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(json.GetRawText());
            var reader = new Utf8JsonReader(bytes);
            reader.Read();
            return JsonObjectSlice.ReadValue(ref reader, bytes);
        }
    }
}
