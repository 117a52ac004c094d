using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Customers;

/// <summary>A person: one or more customers joined by identity.</summary>
[GraphQLName("Customer")]
public sealed class CustomerNode
{
    internal CustomerNode(Project project, string id, LogPosition? through = null, IReadOnlyList<Evidence>? evidence = null)
    {
        Project = project;
        Id = id;
        Through = through;
        EvidenceCount = evidence?.Count ?? 0;
        Evidence = evidence is null ? [] : EvidenceCount <= Limits.MaxEvidenceEvents ? evidence : [.. evidence.Take(Limits.MaxEvidenceEvents)];
    }

    /// <summary>The person's id: the user id bound first, else the smallest anonymous id.</summary>
    [ID]
    public string Id { get; }

    /// <summary>Where the person stands behind a number: the events that put it there, oldest first, at most 1000. Empty elsewhere.</summary>
    public IReadOnlyList<Evidence> Evidence { get; }

    /// <summary>How many events that are.</summary>
    public int EvidenceCount { get; }

    internal Project Project { get; }

    /// <summary>As of when the person is shown; null = now.</summary>
    internal LogPosition? Through { get; }
}

/// <summary>An event as it lies in the log.</summary>
/// <param name="Position">Where it lies in the log.</param>
/// <param name="Name">What happened.</param>
/// <param name="Type">The kind of message.</param>
/// <param name="OccurredAt">When it happened, after clock correction.</param>
/// <param name="ReceivedAt">When it was taken in.</param>
/// <param name="MessageId">The sender's id of the message.</param>
/// <param name="CustomerId">The customer as sent.</param>
/// <param name="SessionId">The session as sent.</param>
/// <param name="Properties">Its properties.</param>
/// <param name="Context">Where it came from.</param>
/// <param name="UserId">The user id as sent; with it, or else with the anonymous id, a correction names the customer.</param>
/// <param name="AnonymousId">The anonymous id as sent.</param>
/// <param name="Corrects">On a correction: the message id of the event it corrects.</param>
[GraphQLName("Event")]
public sealed record EventNode(
    string Position, string Name, EventType Type, DateTime OccurredAt, DateTime ReceivedAt, string MessageId, string CustomerId, string? SessionId,
    System.Text.Json.JsonElement? Properties, System.Text.Json.JsonElement? Context, [property: ID] string? UserId, [property: ID] string? AnonymousId,
    [property: ID] string? Corrects)
{
    internal static EventNode Of(AnalyticsEvent e) => new(
        e.Position.ToString(System.Globalization.CultureInfo.InvariantCulture), e.Name, e.Type, e.OccurredAt.ToTime(), e.ReceivedAt.ToTime(), e.MessageId, e.Customer.Id, e.SessionId,
        Json(e.Type is EventType.Identify or EventType.Group ? e.Traits : e.Properties), Json(e.Context), e.Customer.Kind == CustomerKind.User ? e.Customer.Id : null,
        e.Customer.Kind == CustomerKind.User ? e.AnonymousId : e.Customer.Id, e.Corrects);

    private static System.Text.Json.JsonElement? Json(Analysis.Values.JsonObjectSlice slice)
    {
        if (slice.IsEmpty) return null;
        using var document = System.Text.Json.JsonDocument.Parse(slice.Utf8);
        return document.RootElement.Clone();
    }
}

/// <summary>Single customers of a project; needs the customer-data permission.</summary>
[ObjectType<ProjectNode>]
public static class ProjectCustomerFields
{
    /// <summary>A person by any of its ids; null if it has no events.</summary>
    public static async Task<CustomerNode?> GetCustomerAsync(
        [Parent] ProjectNode project, [ID] string id, IResolverContext context, [Service] LogExplorer explorer, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, project.Project.Id);
        var customers = await explorer.CustomersOfAsync(project.Project, id, cancellationToken);
        return customers is null ? null : new CustomerNode(project.Project, customers.Id);
    }
}

/// <summary>What can be asked of a person.</summary>
[ObjectType<CustomerNode>]
public static class CustomerFields
{
    /// <summary>Its events as they were sent, in the order they happened, identify events and corrections included; <c>events</c> of the project shows what holds of them.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static async Task<IReadOnlyList<EventNode>> GetEventsAsync(
        [Parent] CustomerNode customer, IResolverContext context, [Service] LogExplorer explorer, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, customer.Project.Id);
        var person = await explorer.CustomersOfAsync(customer.Project, customer.Id, cancellationToken);
        if (person is null) return [];
        var events = await explorer.EventsOfAsync(customer.Project, person.Customers, customer.Through, cancellationToken);
        return [.. events.Order(Comparer<AnalyticsEvent>.Create(AnalyticsEvent.Compare)).Select(EventNode.Of)];
    }

    /// <summary>What is known of it: the traits of its identify events merged, later ones winning.</summary>
    public static async Task<System.Text.Json.JsonElement> GetTraitsAsync(
        [Parent] CustomerNode customer, IResolverContext context, [Service] LogExplorer explorer, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, customer.Project.Id);
        var person = await explorer.CustomersOfAsync(customer.Project, customer.Id, cancellationToken);
        var events = person is null ? [] : await explorer.EventsOfAsync(customer.Project, person.Customers, customer.Through, cancellationToken);
        var traits = Analysis.Values.Traits.Empty;
        foreach (var e in events.Where(e => e.Type == EventType.Identify).Order(Comparer<AnalyticsEvent>.Create(AnalyticsEvent.Compare))) traits = traits.With(e.Traits);
        using var document = System.Text.Json.JsonDocument.Parse(traits.ToJson().Utf8);
        return document.RootElement.Clone();
    }

    /// <summary>The ids that are this person, as senders used them, in order.</summary>
    public static async Task<IReadOnlyList<string>> GetIdsAsync(
        [Parent] CustomerNode customer, IResolverContext context, [Service] LogExplorer explorer, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, customer.Project.Id);
        var person = await explorer.CustomersOfAsync(customer.Project, customer.Id, cancellationToken);
        return person is null ? [] : [.. person.Customers.Select(member => member.Id).Order(StringComparer.Ordinal)];
    }
}
