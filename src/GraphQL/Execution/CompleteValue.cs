using System.Collections;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>CompleteValue. Section 6.4.3 of the specification.</summary>
internal sealed partial class Executor
{
    private object? CompleteValue(ObjectType parent, FieldGroup group, GraphQLType type, Path path, object? value)
    {
        if (type is NonNullType nonNull)
        {
            var completed = CompleteValue(parent, group, nonNull.OfType, path, value);
            return completed switch
            {
                null => NullForNonNull(parent, group, path),
                Task<object?> task => RequireLater(parent, group, path, task),
                _ => completed,
            };
        }
        if (value is null)
            return null;
        return type switch
        {
            EnumType e => e.Serialize(value),
            ScalarType scalar => scalar.Serialize(value),
            ListType list => CompleteList(parent, group, list.OfType, path, value),
            ObjectType o => CompleteObject(o, group, path, value),
            _ => CompleteAbstract((CompositeType)type, group, path, value),
        };
    }

    private async Task<object?> RequireLater(ObjectType parent, FieldGroup group, Path path, Task<object?> task) =>
        await task ?? NullForNonNull(parent, group, path);

    private Failure NullForNonNull(ObjectType parent, FieldGroup group, Path path) =>
        new(Located($"Cannot return null for non-nullable field {parent}.{group.First.Name.Value}.", group, path).WithCode(ErrorCodes.Internal));

    private object? CompleteList(ObjectType parent, FieldGroup group, GraphQLType itemType, Path path, object value)
    {
        if (value is not IEnumerable items || value is string)
            throw new InvalidOperationException($"Field {parent}.{group.First.Name.Value} is a list, but its value is a {value.GetType()}.");
        var results = new List<object?>(value is ICollection known ? known.Count : 4);
        List<(int Index, Task<object?> Value)>? pending = null;
        foreach (var item in items)
        {
            var itemPath = new Path(path, results.Count);
            var completed = CompleteItem(parent, group, itemType, itemPath, item);
            if (completed is Failure)
                return pending is null ? completed : FailWhenDone(pending, completed);
            if (completed is Task<object?> task)
                (pending ??= []).Add((results.Count, task));
            results.Add(completed);
        }
        return pending is null ? results : AwaitItems(results, pending);
    }

    private object? CompleteItem(ObjectType parent, FieldGroup group, GraphQLType itemType, Path itemPath, object? item)
    {
        object? completed;
        try
        {
            completed = CompleteValue(parent, group, itemType, itemPath, item);
        }
        catch (Exception error)
        {
            completed = Fail(error, group, itemPath);
        }
        return completed switch
        {
            Failure failure => HandleFieldError(failure, itemType, itemPath),
            Task<object?> task => HandleItemLater(group, itemType, itemPath, task),
            _ => completed,
        };
    }

    private async Task<object?> HandleItemLater(FieldGroup group, GraphQLType itemType, Path itemPath, Task<object?> task)
    {
        object? completed;
        try
        {
            completed = await task;
        }
        catch (Exception error)
        {
            completed = Fail(error, group, itemPath);
        }
        return completed is Failure failure ? HandleFieldError(failure, itemType, itemPath) : completed;
    }

    private static async Task<object?> AwaitItems(List<object?> results,
        List<(int Index, Task<object?> Value)> pending)
    {
        object? failure = null;
        foreach (var (index, task) in pending)
        {
            results[index] = await task;
            if (results[index] is Failure)
                failure ??= results[index];
        }
        return failure ?? results;
    }

    private object? CompleteObject(ObjectType type, FieldGroup group, Path path, object value) =>
        ExecuteSelectionSet(type, value, path, context.CollectSubfields(type, group));

    private object? CompleteAbstract(CompositeType type, FieldGroup group, Path path, object value)
    {
        var objectType = context.Schema.ResolveType(value);
        if (objectType is null || !context.Schema.IsPossible(type, objectType))
            throw new InvalidOperationException($"A {value.GetType()} is no {type}. Let its class implement the C# type of {type}.");
        return CompleteObject(objectType, group, path, value);
    }
}
