using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>
/// ExecuteQuery, ExecuteMutation, ExecuteSelectionSet and ExecuteField. Sections 6.2 to 6.4 of the specification. Every step returns its value, a
/// <see cref="Task{T}"/> of it where a resolver isn't done yet, or a <see cref="Failure"/>; so that what needn't wait costs no task.
/// </summary>
internal sealed partial class Executor(OperationContext context)
{
    /// <summary>Runs the operation and returns its data; null if an error has reached the root.</summary>
    public async Task<ObjectResult?> ExecuteOperationAsync(object? root)
    {
        var value = context.Scheduler.Start(() => ExecuteRoot(root));
        if (value is Task<object?> pending)
            value = await pending.ConfigureAwait(false);
        if (value is Failure failure)
        {
            context.AddError(failure.Error, null);
            return null;
        }
        return (ObjectResult?)value;
    }

    private object? ExecuteRoot(object? root)
    {
        var type = context.Schema.RootType(context.Operation.Operation);
        if (type is null)
        {
            var name = Enum.GetName(context.Operation.Operation)!.ToLowerInvariant();
            return new Failure(GraphQLError.At(context.Document, $"Schema is not configured to execute {name} operation.", context.Operation));
        }
        try
        {
            var fields = FieldCollector.CollectFields(context, type, context.Operation.SelectionSet);
            return context.Operation.Operation == OperationType.Mutation
                ? ExecuteSerially(type, root, fields)
                : ExecuteSelectionSet(type, root, null, fields);
        }
        catch (CoercionException error)
        {
            return new Failure(GraphQLError.At(context.Document, error.Message, error.Node));
        }
    }

    private object? ExecuteSelectionSet(ObjectType type, object? source, Path? path, CollectedFields fields)
    {
        var result = new ObjectResult(fields);
        List<(int Index, Task<object?> Value)>? pending = null;
        for (var i = 0; i < fields.Groups.Count; i++)
        {
            var value = ExecuteField(type, source, path, fields.Groups[i]);
            if (value is Task<object?> task)
                (pending ??= []).Add((i, task));
            else if (value is Failure)
                return pending is null ? value : FailWhenDone(pending, value);
            else
                result.Values[i] = value;
        }
        return pending is null ? result : AwaitFields(result, pending);
    }

    private static async Task<object?> AwaitFields(ObjectResult result, List<(int Index, Task<object?> Value)> pending)
    {
        object? failure = null;
        foreach (var (index, task) in pending)
        {
            var value = await task;
            result.Values[index] = value;
            if (value is Failure)
                failure ??= value;
        }
        return failure ?? result;
    }

    /// <summary>Resolvers that run already are waited for, since nothing of a request may go on after its response.</summary>
    private static async Task<object?> FailWhenDone(List<(int Index, Task<object?> Value)> pending, object failure)
    {
        foreach (var (_, task) in pending)
            await task;
        return failure;
    }

    private async Task<object?> ExecuteSerially(ObjectType type, object? source, CollectedFields fields)
    {
        var result = new ObjectResult(fields);
        for (var i = 0; i < fields.Groups.Count; i++)
        {
            var value = ExecuteField(type, source, null, fields.Groups[i]);
            if (value is Task<object?> task)
                value = await task;
            if (value is Failure)
                return value;
            result.Values[i] = value;
        }
        return result;
    }

    private object? ExecuteField(ObjectType type, object? source, Path? parentPath, FieldGroup group)
    {
        var field = group.Definition ?? throw new InvalidOperationException($"Type {type} has no field {group.First.Name.Value}; the document wasn't validated.");
        var path = new Path(parentPath, group.ResponseKey);
        object? completed;
        try
        {
            var value = Resolve(type, source, path, group, field);
            completed = value is Task<object?> task
                ? CompleteLater(type, group, field, path, task)
                : CompleteValue(type, group, field.Type, path, value);
        }
        catch (Exception error)
        {
            completed = Fail(error, group, path);
        }
        return completed is Failure failure ? HandleFieldError(failure, field.Type, path) : completed;
    }

    /// <summary>ResolveFieldValue.</summary>
    private object? Resolve(ObjectType type, object? source, Path path, FieldGroup group, Field field)
    {
        if (field.Getter is { } get)
            return get(source!);
        var call = new ResolverContext(context, type, source, group, path, group.Arguments(context));
        if (field.Resolver is { } resolve)
            return resolve(call);
        context.Cancellation.ThrowIfCancellationRequested();
        var pending = field.AsyncResolver!(call);
        return pending.IsCompletedSuccessfully ? pending.Result : pending.AsTask();
    }

    private async Task<object?> CompleteLater(ObjectType type, FieldGroup group, Field field, Path path, Task<object?> pending)
    {
        object? completed;
        try
        {
            completed = CompleteValue(type, group, field.Type, path, await pending);
            if (completed is Task<object?> task)
                completed = await task;
        }
        catch (Exception error)
        {
            completed = Fail(error, group, path);
        }
        return completed is Failure failure ? HandleFieldError(failure, field.Type, path) : completed;
    }

    /// <summary>A failed non-null field fails its parent; any other becomes null, with the error kept.</summary>
    private object? HandleFieldError(Failure failure, GraphQLType type, Path path)
    {
        if (type is NonNullType)
            return failure;
        context.AddError(failure.Error, path);
        return null;
    }

    private Failure Fail(Exception exception, FieldGroup group, Path path) => new(exception switch
    {
        GraphQLException error => Located(error.Message, group, path) with { Extensions = error.Extensions },
        CoercionException error => (GraphQLError.At(context.Document, error.Message, error.Node) with { Path = path.ToList() }).WithCode(ErrorCodes.BadUserInput),
        OperationCanceledException when context.Cancellation.IsCancellationRequested => throw exception,
        _ => Unexpected(exception, group, path),
    });

    private GraphQLError Unexpected(Exception exception, FieldGroup group, Path path)
    {
        LogMessages.ResolverFailed(context.Logger, string.Join('.', path.ToList()), exception);
        var message = context.ShowExceptionDetails ? exception.ToString() : "Something unexpected happened. The server's log has the details.";
        return Located(message, group, path).WithCode(ErrorCodes.Internal);
    }

    private GraphQLError Located(string message, FieldGroup group, Path path) =>
        GraphQLError.At(context.Document, message, group.Nodes) with { Path = path.ToList() };
}
