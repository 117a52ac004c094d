using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>Where the value of one key lies in a JSON object.</summary>
/// <param name="Type">Its token; <see cref="JsonTokenType.None"/> if the key is missing.</param>
/// <param name="Start">First byte of its content, behind the quote of a text.</param>
/// <param name="Length">Bytes of its content; of an object or array only the bracket that opens it.</param>
/// <param name="IsEscaped">True for a text with backslashes in it.</param>
internal readonly record struct JsonField(JsonTokenType Type, int Start, int Length, bool IsEscaped)
{
    public bool IsSet => Type is not (JsonTokenType.None or JsonTokenType.Null);

    public bool IsScalar => Type is JsonTokenType.String or JsonTokenType.Number;

    /// <summary>The content of a text or number as UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> json)
    {
        var content = json.Slice(Start, Length);
        return IsEscaped ? Encoding.UTF8.GetBytes(Unescape(json)) : content;
    }

    private string Unescape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json.Slice(Start - 1, Length + 2));
        reader.Read();
        return reader.GetString()!;
    }
}
