using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Provenance;

/// <summary>What a report needs to be opened: whose it is, and where it stands.</summary>
/// <param name="Project">The project.</param>
/// <param name="Position">The position of the report; null = the log was empty.</param>
internal sealed record ReportSource(Project Project, LogPosition? Position);

/// <summary>Opens a number: the persons behind it, as the log stood at the report's position. Every number is a sum over persons, so asking each of them finds all.</summary>
internal static class Persons
{
    /// <summary>The persons that are behind a number, by id.</summary>
    /// <param name="source">The report.</param>
    /// <param name="context">Who asks: needs the customer-data permission.</param>
    /// <param name="answering">Reads the events.</param>
    /// <param name="find">The events that put a person there; null if it isn't.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<IReadOnlyList<CustomerNode>> BehindAsync(
        ReportSource source, IResolverContext context, Answering answering, Func<PersonHistory, IReadOnlyList<Evidence>?> find, CancellationToken cancellationToken)
    {
        var snapshot = await OpenAsync(source, context, answering, cancellationToken);
        var found = new List<CustomerNode>();
        foreach (var person in snapshot.Persons)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (find(person) is { } evidence) found.Add(new CustomerNode(source.Project, person.Id, source.Position, evidence));
        }
        found.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return found;
    }

    /// <summary>The persons of a report's project as of its position.</summary>
    public static Task<ProjectSnapshot> OpenAsync(ReportSource source, IResolverContext context, Answering answering, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, source.Project.Id);
        return answering.SnapshotAsync(source.Project, new AsOfInput { Position = source.Position?.ToString() ?? "0" }, cancellationToken);
    }
}
