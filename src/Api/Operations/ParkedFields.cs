using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>Persons that could not be folded.</summary>
[QueryType]
public static class ParkedQueries
{
    /// <summary>Persons that are no longer folded along because an event of theirs could not be; the longest parked first, at most 1,000.</summary>
    public static Task<IReadOnlyList<ParkedPerson>> GetParkedPersonsAsync(
        IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken, string? projection = null)
    {
        Guard.Operate(context.User);
        return Operating.RunAsync(() => engine.ListParkedAsync(projection, cancellationToken));
    }
}

/// <summary>What to do about them.</summary>
[MutationType]
public static class ParkedMutations
{
    /// <summary>Folds the parked persons of a projection again; gives how many are folded along again, counted once for each instance.</summary>
    public static Task<int> RetryParkedAsync(StartRebuildInput input, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken)
    {
        Guard.Operate(context.User);
        return Operating.RunAsync(() => engine.RetryParkedAsync(input.Projection, cancellationToken));
    }

    /// <summary>
    /// Accepts that parked persons stay as they are: they are no longer reported. Gives how many, counted once for each instance. A retry still takes them up.
    /// </summary>
    public static Task<int> DropParkedAsync(DropParkedInput input, IResolverContext context, [Service] ProjectionEngine engine, CancellationToken cancellationToken)
    {
        Guard.Operate(context.User);
        return Operating.RunAsync(() => engine.DropParkedAsync(input.Projection, input.Person, cancellationToken));
    }
}

/// <summary>Whom to drop.</summary>
/// <param name="Projection">Name of the projection.</param>
/// <param name="Person">Key of the person; null = all that are parked.</param>
public sealed record DropParkedInput(string Projection, string? Person = null);

/// <summary>What can go wrong with an operator's request, as GraphQL shows it.</summary>
internal static class Operating
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try { return await work(); }
        catch (RebuildException error) { throw ApiError.Invalid(error.Message); }
        catch (FormatException error) { throw ApiError.Invalid(error.Message); }
        catch (KeyNotFoundException error) { throw ApiError.NotFound(error.Message); }
    }
}
