using System.Text;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>Where a path starts.</summary>
public enum PropertyRoot : byte
{
    /// <summary><c>properties.</c>: the event's properties.</summary>
    Event,

    /// <summary><c>customer.</c>: the person's traits.</summary>
    Customer,

    /// <summary><c>context.</c>: the event's context.</summary>
    Context,
}

/// <summary>
/// A path to a value: <c>properties.x</c>, <c>customer.plan.name</c>, <c>context.device.type</c>. Dots nest; a key that itself contains the dots wins over nesting.
/// </summary>
public sealed class PropertyPath : IEquatable<PropertyPath>
{
    private readonly byte[][] suffixes;
    private readonly byte[][][] prefixes;

    private PropertyPath(PropertyRoot root, string path, string[] segments)
    {
        Root = root;
        Text = path;
        suffixes = [.. Enumerable.Range(0, segments.Length).Select(i => Encoding.UTF8.GetBytes(string.Join('.', segments[i..])))];
        prefixes = [.. Enumerable.Range(0, segments.Length).Select(i =>
            Enumerable.Range(i + 1, segments.Length - i - 1).Select(j => Encoding.UTF8.GetBytes(string.Join('.', segments[i..j]))).ToArray())];
        Segments = segments;
        IsPlain = path.AsSpan().IndexOfAny('"', '\\') < 0;
    }

    /// <summary>Which object the path starts in.</summary>
    public PropertyRoot Root { get; }

    /// <summary>The path as written, with its root.</summary>
    public string Text { get; }

    /// <summary>The parts between the dots, without the root.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>True if JSON can write every key of it as it is: there are no quotes and backslashes in it.</summary>
    internal bool IsPlain { get; }

    /// <summary>The whole rest of the path from segment <paramref name="from"/> on, as one key.</summary>
    internal ReadOnlySpan<byte> Whole(int from) => suffixes[from];

    /// <summary>Keys that lead deeper from segment <paramref name="from"/>: entry j covers j + 1 segments.</summary>
    internal byte[][] Partial(int from) => prefixes[from];

    /// <summary>Whether a text is a path; if not, the message says why.</summary>
    public static bool TryParse(string text, out string message)
    {
        message = "";
        try { Parse(text); }
        catch (FormatException error) { message = error.Message; }
        return message.Length == 0;
    }

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">The path has no known root or names no key.</exception>
    public static PropertyPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        PropertyRoot? root = dot < 0 ? null : text[..dot] switch
        {
            "properties" => PropertyRoot.Event,
            "customer" => PropertyRoot.Customer,
            "context" => PropertyRoot.Context,
            _ => null,
        };
        if (root is null || dot == text.Length - 1)
            throw new FormatException($"'{text}' is no property path: it must start with 'properties.', 'customer.' or 'context.' and name a key.");
        return new PropertyPath(root.Value, text, text[(dot + 1)..].Split('.'));
    }

    /// <inheritdoc/>
    public bool Equals(PropertyPath? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PropertyPath);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
