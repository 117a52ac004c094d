using System.Globalization;
using System.Text.Json;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Collects what differs between an answer and what a check expects.</summary>
public sealed class CaseDifferences
{
    private readonly List<string> found = [];

    /// <summary>The differences, each naming the place, the expected and the given value.</summary>
    public IReadOnlyList<string> Found => found;

    /// <summary>Notes a difference.</summary>
    public void Add(string place, object? expected, object? actual) =>
        found.Add(string.Create(CultureInfo.InvariantCulture, $"{place}: expected {expected ?? "null"}, got {actual ?? "null"}"));

    /// <summary>Compares a whole number.</summary>
    public void Integer(string place, JsonElement expected, Int128? actual)
    {
        Int128? wanted = expected.ValueKind == JsonValueKind.Null ? null : Int128.Parse(expected.GetRawText(), CultureInfo.InvariantCulture);
        if (wanted != actual) Add(place, wanted, actual);
    }

    /// <summary>Compares a number within a tolerance; null only with null.</summary>
    public void Number(string place, JsonElement expected, double? actual, double tolerance)
    {
        double? wanted = expected.ValueKind == JsonValueKind.Null ? null : expected.GetDouble();
        if (wanted is null != actual is null || (wanted is { } left && actual is { } right && !(Math.Abs(left - right) <= tolerance))) Add(place, wanted, actual);
    }

    /// <summary>Compares a list of texts, in any order.</summary>
    public void Set(string place, JsonElement expected, IEnumerable<string> actual)
    {
        var wanted = string.Join(", ", expected.EnumerateArray().Select(entry => entry.GetString()).Order(StringComparer.Ordinal));
        var given = string.Join(", ", actual.Order(StringComparer.Ordinal));
        if (wanted != given) Add(place, $"[{wanted}]", $"[{given}]");
    }

    /// <summary>Compares a text.</summary>
    public void Text(string place, JsonElement expected, string? actual)
    {
        if (expected.GetString() != actual) Add(place, expected.GetString(), actual);
    }

    /// <summary>Compares a list of texts, in order.</summary>
    public void Texts(string place, JsonElement expected, IEnumerable<string> actual)
    {
        var wanted = string.Join(", ", expected.EnumerateArray().Select(entry => entry.GetString()));
        var given = string.Join(", ", actual);
        if (wanted != given) Add(place, $"[{wanted}]", $"[{given}]");
    }

    /// <summary>Compares a list of whole numbers, in order; null is not asserted.</summary>
    public void Integers(string place, JsonElement expected, IReadOnlyList<long> actual)
    {
        ArgumentNullException.ThrowIfNull(actual);
        if (expected.GetArrayLength() != actual.Count) Add($"{place} length", expected.GetArrayLength(), actual.Count);
        var index = -1;
        foreach (var wanted in expected.EnumerateArray())
        {
            index++;
            if (wanted.ValueKind != JsonValueKind.Null && index < actual.Count) Integer($"{place}[{index}]", wanted, actual[index]);
        }
    }
}
