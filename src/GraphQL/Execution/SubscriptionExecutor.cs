using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>Subscribe, CreateSourceEventStream and MapSourceToResponseEvent. Section 6.2.3 of the specification.</summary>
internal sealed class SubscriptionExecutor(RequestExecutor.Run run)
{
    /// <summary>Opens the stream. An error that keeps it from opening is the only response.</summary>
    public async Task<ExecutionResult> SubscribeAsync(CancellationToken cancellationToken)
    {
        var scope = run.ApplicationServices.CreateAsyncScope();
        // The stream's own token ends with its reader, so that a source never outlives its client.
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var context = run.NewContext(scope.ServiceProvider, cancellation.Token);
        var opened = false;
        try
        {
            var source = await CreateSourceEventStream(context).ConfigureAwait(false);
            opened = source.Stream is not null;
            return opened
                ? new ResponseStream(MapSourceToResponseEvents(source.Stream!, scope, cancellation, CancellationToken.None))
                : OperationResult.Refused(source.Error!);
        }
        finally
        {
            if (!opened)
            {
                cancellation.Dispose();
                await scope.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<(IAsyncEnumerable<object?>? Stream, GraphQLError? Error)> CreateSourceEventStream(OperationContext context)
    {
        var type = context.Schema.Subscription;
        if (type is null)
            return (null, GraphQLError.At(context.Document, "Schema is not configured to execute subscription operation.", context.Operation));
        FieldGroup? group = null;
        try
        {
            group = FieldCollector.CollectFields(context, type, context.Operation.SelectionSet).Groups.FirstOrDefault();
            if (group?.Definition?.Subscriber is not { } subscribe)
                return (null, GraphQLError.At(context.Document, "The subscription selects no field of a stream.", context.Operation));
            var path = new Path(null, group.ResponseKey);
            var call = new ResolverContext(context, type, null, group, path, group.Arguments(context));
            return (await context.Scheduler.Start(() => subscribe(call).AsTask()).ConfigureAwait(false), null);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return (null, Describe(error, context, group));
        }
    }

    private static GraphQLError Describe(Exception exception, OperationContext context, FieldGroup? group)
    {
        if (exception is CoercionException coercion)
            return GraphQLError.At(context.Document, coercion.Message, coercion.Node).WithCode(ErrorCodes.BadUserInput);
        var field = group?.ResponseKey ?? "";
        var located = GraphQLError.At(context.Document, exception.Message, group?.Nodes ?? []) with { Path = [field] };
        if (exception is GraphQLException known)
            return located with { Extensions = known.Extensions };
        LogMessages.StreamFailed(context.Logger, field, exception);
        return (located with { Message = "Something unexpected happened. The server's log has the details." }).WithCode(ErrorCodes.Internal);
    }

    private async IAsyncEnumerable<OperationResult> MapSourceToResponseEvents(IAsyncEnumerable<object?> source, AsyncServiceScope scope,
        CancellationTokenSource own, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var ownedScope = scope;
        using var ownedCancellation = own;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(own.Token, cancellationToken);
        await using var events = source.GetAsyncEnumerator(both.Token);
        while (true)
        {
            var (more, error) = await MoveNext(events, both.Token).ConfigureAwait(false);
            if (error is not null)
                yield return OperationResult.Refused(error);
            if (!more)
                break;
            await using var eventScope = run.ApplicationServices.CreateAsyncScope();
            yield return await run.ExecuteAsync(events.Current, eventScope.ServiceProvider, both.Token).ConfigureAwait(false);
        }
        await own.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>A stream that fails ends with one last response, which says so.</summary>
    private async Task<(bool More, GraphQLError? Error)> MoveNext(IAsyncEnumerator<object?> events, CancellationToken cancellation)
    {
        try
        {
            return (await events.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            var context = run.NewContext(run.ApplicationServices, cancellation);
            var group = FieldCollector.CollectFields(context, context.Schema.Subscription!, run.Operation.SelectionSet).Groups[0];
            return (false, Describe(error, context, group));
        }
    }
}
