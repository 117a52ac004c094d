using System.IO.Pipelines;
using System.Net;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>A request body that is written while the call runs.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<PipeWriter> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Writes messages and sends them. Not for use by two callers at once.</summary>
    public async Task WriteAsync<T>(IReadOnlyList<T> messages, CancellationToken cancellationToken) where T : struct, IWireMessage
    {
        var writer = await opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        foreach (var message in messages) GrpcFraming.Write(writer, message);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void End() => ended.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        opened.TrySetResult(PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));
        await ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            opened.TrySetException(new RpcException(StatusCode.Unavailable, "The call has ended."));
            _ = opened.Task.Exception;
            ended.TrySetResult();
        }
        base.Dispose(disposing);
    }
}
