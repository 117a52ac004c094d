using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Execution;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>What comes of a request: one <see cref="OperationResult"/>, or a <see cref="ResponseStream"/> of them.</summary>
public abstract class ExecutionResult;

/// <summary>A response: data, errors or both.</summary>
public sealed class OperationResult : ExecutionResult
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal OperationResult(bool hasData, ObjectResult? data, IReadOnlyList<GraphQLError> errors)
    {
        HasData = hasData;
        Data = data;
        Errors = errors;
    }

    /// <summary>The errors; empty if all went well.</summary>
    public IReadOnlyList<GraphQLError> Errors { get; }

    /// <summary>Whether the operation has begun to run: then the response has <c>data</c>, even if that is null.</summary>
    public bool HasData { get; }

    internal ObjectResult? Data { get; }

    internal static OperationResult Refused(params IReadOnlyList<GraphQLError> errors) => new(false, null, errors);

    /// <summary>Writes the response as UTF-8 JSON.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, s_plain);
        ResponseWriter.Write(writer, this);
    }

    internal void WriteTo(Utf8JsonWriter writer) => ResponseWriter.Write(writer, this);

    /// <summary>The response as JSON.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>The responses of a subscription, one for each event, until the stream or the reader ends it.</summary>
public sealed class ResponseStream : ExecutionResult
{
    internal ResponseStream(IAsyncEnumerable<OperationResult> results) => Results = results;

    /// <summary>The responses. May be read once.</summary>
    public IAsyncEnumerable<OperationResult> Results { get; }
}
