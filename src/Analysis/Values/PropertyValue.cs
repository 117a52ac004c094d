using System.Text;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>The JSON type of a value. Values of different types never compare equal: the number 1 is not the text "1".</summary>
public enum PropertyKind : byte
{
    /// <summary>The path leads nowhere.</summary>
    Missing,

    /// <summary>JSON null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>A number below 10^18 in absolute value.</summary>
    Number,

    /// <summary>Text; also a number too large for <see cref="FixedDecimal"/>, as written.</summary>
    Text,

    /// <summary>An object or array, as its JSON text.</summary>
    Json,
}

/// <summary>One value found in an event's properties, context or traits.</summary>
public readonly struct PropertyValue : IEquatable<PropertyValue>
{
    private readonly FixedDecimal number;
    private readonly string? text;
    private readonly bool flag;

    private PropertyValue(PropertyKind kind, FixedDecimal number, string? text, bool flag)
    {
        Kind = kind;
        this.number = number;
        this.text = text;
        this.flag = flag;
    }

    /// <summary>The JSON type.</summary>
    public PropertyKind Kind { get; }

    /// <summary>Nothing there.</summary>
    public static PropertyValue Missing => default;

    /// <summary>JSON null.</summary>
    public static PropertyValue Null => new(PropertyKind.Null, default, null, false);

    /// <summary>true or false.</summary>
    public static PropertyValue Of(bool value) => new(PropertyKind.Boolean, default, null, value);

    /// <summary>A number.</summary>
    public static PropertyValue Of(FixedDecimal value) => new(PropertyKind.Number, value, null, false);

    /// <summary>A text.</summary>
    public static PropertyValue Of(string value) => new(PropertyKind.Text, default, value, false);

    /// <summary>An object or array by its JSON text.</summary>
    public static PropertyValue OfJson(string json) => new(PropertyKind.Json, default, json, false);

    /// <summary>Present and not null.</summary>
    public bool IsSet => Kind is not (PropertyKind.Missing or PropertyKind.Null);

    /// <summary>The number; only for <see cref="PropertyKind.Number"/>.</summary>
    public FixedDecimal Number => number;

    /// <summary>The truth value; only for <see cref="PropertyKind.Boolean"/>.</summary>
    public bool Boolean => flag;

    /// <summary>The text; for <see cref="PropertyKind.Text"/> and <see cref="PropertyKind.Json"/>, else null.</summary>
    public string? Text => text;

    /// <summary>The value as a breakdown shows it: missing and null are the empty text, numbers in shortest form, true/false.</summary>
    public string ToLabel() => Kind switch
    {
        PropertyKind.Boolean => flag ? "true" : "false",
        PropertyKind.Number => number.ToString(),
        PropertyKind.Text or PropertyKind.Json => text!,
        _ => "",
    };

    /// <inheritdoc/>
    public bool Equals(PropertyValue other) => Kind == other.Kind && Kind switch
    {
        PropertyKind.Boolean => flag == other.flag,
        PropertyKind.Number => number == other.number,
        PropertyKind.Text or PropertyKind.Json => string.Equals(text, other.text, StringComparison.Ordinal),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PropertyValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, flag, number, text is null ? 0 : string.GetHashCode(text, StringComparison.Ordinal));

    /// <summary>Whether both are equal in type and value.</summary>
    public static bool operator ==(PropertyValue left, PropertyValue right) => left.Equals(right);

    /// <summary>Whether they differ in type or value.</summary>
    public static bool operator !=(PropertyValue left, PropertyValue right) => !left.Equals(right);

    /// <summary>A text that names type and value without ambiguity, to key states by (hold constant): <c>n1</c> is the number, <c>t1</c> the text.</summary>
    public string ToKey() => Kind switch
    {
        PropertyKind.Boolean => flag ? "b1" : "b0",
        PropertyKind.Number => "n" + number.ToString(),
        PropertyKind.Text => "t" + text,
        PropertyKind.Json => "j" + text,
        PropertyKind.Null => "0",
        _ => "",
    };

    /// <inheritdoc/>
    public override string ToString() => new StringBuilder().Append(Kind).Append(' ').Append(ToLabel()).ToString();
}
