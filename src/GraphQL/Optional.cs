namespace EventSourcedAnalytics.GraphQL;

/// <summary>An argument or input field that tells "not given" from "given as null".</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly struct Optional<T> : IOptional
{
    /// <summary>A given value.</summary>
    public Optional(T? value)
    {
        Value = value;
        HasValue = true;
    }

    /// <summary>Whether the client has given a value, be it null.</summary>
    public bool HasValue { get; }

    /// <summary>The value; the default of <typeparamref name="T"/> if none is given.</summary>
    public T? Value { get; }

    /// <summary>A given value.</summary>
    public static implicit operator Optional<T>(T? value) => new(value);
}

/// <summary>Marks <see cref="Optional{T}"/>.</summary>
internal interface IOptional;
