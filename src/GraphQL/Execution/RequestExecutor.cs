using EventSourcedAnalytics.GraphQL.Execution;
using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>Runs requests: parse, validate, coerce the variables, execute. Section 6.1 of the specification, ExecuteRequest.</summary>
public sealed class RequestExecutor
{
    private readonly IServiceProvider _services;
    private readonly ILogger _logger;
    private readonly DocumentCache<PreparedDocument> _documents;

    internal RequestExecutor(Schema schema, GraphQLOptions options, IServiceProvider services, ILogger<RequestExecutor> logger)
    {
        Schema = schema;
        Options = options;
        _services = services;
        _logger = logger;
        _documents = new(options.CachedDocuments);
    }

    internal Schema Schema { get; }

    internal GraphQLOptions Options { get; }

    internal ILogger Logger => _logger;

    /// <summary>The schema in the schema definition language.</summary>
    public string PrintSchema() => SchemaPrinter.Print(Schema);

    /// <summary>Runs a request.</summary>
    /// <returns>An <see cref="OperationResult"/>; for a subscription that could be opened, a <see cref="ResponseStream"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<ExecutionResult> ExecuteAsync(OperationRequest request, CancellationToken cancellationToken = default)
    {
        var prepared = _documents.GetOrAdd(request.Query, utf8 => PreparedDocument.Prepare(utf8, Schema, Options));
        if (prepared.Errors.Count > 0)
            return OperationResult.Refused(prepared.Errors);
        var (operation, error) = prepared.GetOperation(request.OperationName);
        error ??= Forbid(request, operation!);
        if (error is not null)
            return OperationResult.Refused(error);
        var (variables, errors) = new VariableCoercion(Schema, prepared.Document!).CoerceVariableValues(operation!, request.Variables);
        if (errors.Count > 0)
            return OperationResult.Refused([.. errors.Select(e => e.WithCode(ErrorCodes.BadUserInput))]);
        if (OperationCost.Check(Schema, Options, prepared, operation!, variables) is { } tooCostly)
            return OperationResult.Refused(tooCostly);
        var run = new Run(this, request, prepared, operation!, variables);
        return operation!.Operation == OperationType.Subscription
            ? await new SubscriptionExecutor(run).SubscribeAsync(cancellationToken).ConfigureAwait(false)
            : await ExecuteOnceAsync(run, cancellationToken).ConfigureAwait(false);
    }

    private static GraphQLError? Forbid(OperationRequest request, OperationDefinitionNode operation) => operation.Operation switch
    {
        OperationType.Mutation when !request.AllowMutations => new GraphQLError("A GET request can only run queries. Send mutations with POST."),
        OperationType.Subscription when !request.AllowSubscriptions =>
            new GraphQLError("Subscriptions need a WebSocket (graphql-transport-ws), or a request that accepts text/event-stream."),
        _ => null,
    };

    private async Task<OperationResult> ExecuteOnceAsync(Run run, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Options.ExecutionTimeout);
        try
        {
            return await run.ExecuteAsync(null, run.Request.Services ?? _services, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            var late = new GraphQLError($"The operation took longer than {Options.ExecutionTimeout.TotalSeconds:0.###} s. Ask for less at once.");
            return OperationResult.Refused(late.WithCode(ErrorCodes.LimitExceeded));
        }
    }

    /// <summary>An operation that is ready to run, once or once for each event.</summary>
    internal sealed record Run(RequestExecutor Owner, OperationRequest Request, PreparedDocument Prepared, OperationDefinitionNode Operation,
        IReadOnlyDictionary<string, object?> Variables)
    {
        public IServiceProvider ApplicationServices => Owner._services;

        public OperationContext NewContext(IServiceProvider services, CancellationToken cancellation) => new()
        {
            Schema = Owner.Schema,
            Document = Prepared.Document!,
            Operation = Operation,
            Fragments = Prepared.Fragments,
            Variables = Variables,
            Request = Request,
            Services = services,
            Logger = Owner._logger,
            Cancellation = cancellation,
            ShowExceptionDetails = Owner.Options.IncludeExceptionDetails,
        };

        public async Task<OperationResult> ExecuteAsync(object? root, IServiceProvider services, CancellationToken cancellation)
        {
            var context = NewContext(services, cancellation);
            var data = await new Executor(context).ExecuteOperationAsync(root).ConfigureAwait(false);
            return new OperationResult(true, data, context.Errors);
        }
    }
}
