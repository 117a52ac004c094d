using System.Buffers;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>A request's body in memory, decompressed, in a rented array that <see cref="Dispose"/> gives back.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly byte[] rented;
    private readonly int length;

    private RequestBody(byte[] rented, int length) => (this.rented, this.length) = (rented, length);

    /// <summary>The body; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => rented.AsMemory(0, length);

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);

    /// <summary>Reads the whole body.</summary>
    /// <returns>The body, or the problem with it.</returns>
    public static async Task<(RequestBody? Body, Problem? Problem)> ReadAsync(HttpContext http, IngestionOptions options)
    {
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (http.Request.ContentLength > options.MaxBodyBytes) return (null, TooLarge(options.MaxBodyBytes));
        // Kestrel's own limit would break the connection without an answer that says why.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        var limited = new LimitedStream(http.Request.Body, options.MaxBodyBytes);
        await using var plain = Decompress(limited, encoding);
        if (plain is null) return (null, new Problem(ErrorCodes.UnsupportedEncoding, $"Content-Encoding '{encoding}' is not known; use gzip, deflate or br, or none."));
        var limit = ReferenceEquals(plain, limited) ? options.MaxBodyBytes : options.MaxDecompressedBytes;
        try
        {
            return await FillAsync(plain, (int)Math.Min(http.Request.ContentLength ?? 0, limit), limit, http.RequestAborted);
        }
        catch (LimitedStream.LimitException)
        {
            return (null, TooLarge(options.MaxBodyBytes));
        }
        catch (InvalidDataException error)
        {
            return (null, new Problem(ErrorCodes.MalformedJson, $"The body is no valid {encoding}: {error.Message}"));
        }
    }

    /// <summary>The stream without its compression; the same if there is none, null if the encoding is not known.</summary>
    public static Stream? Decompress(Stream body, string encoding) => encoding.Trim().ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        _ => null,
    };

    private static async Task<(RequestBody? Body, Problem? Problem)> FillAsync(Stream stream, int expected, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(expected + 1, 16_384));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    var done = new RequestBody(buffer, length);
                    buffer = null;
                    return (done, null);
                }
                length += read;
                if (length > limit) return (null, TooLarge(limit));
                if (length == buffer.Length) buffer = Grow(buffer, length);
            }
        }
        finally
        {
            if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static Problem TooLarge(int limit) => new(ErrorCodes.BodyTooLarge, $"The body has more than {limit} bytes; send smaller batches.");
}
