using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Where a customer's events go.</summary>
/// <param name="Key">What the stream is called by.</param>
/// <param name="Stream">The stream's name.</param>
internal readonly record struct CustomerPlace(CustomerKey Key, string Stream);

/// <summary>
/// The places of customers who sent something lately: the keyed hash is the dearest step of an event's way, and most senders come again. A fixed number of slots, the
/// newest customer wins its slot; races only cost a hash.
/// </summary>
internal static class KnownCustomers
{
    private static readonly Entry?[] Slots = new Entry?[Limits.KnownCustomers];

    /// <summary>Where a customer's events go.</summary>
    public static CustomerPlace PlaceOf(Project project, CustomerId customer)
    {
        var secret = project.CustomerSecret;
        ref var slot = ref Slots[(uint)HashCode.Combine(RuntimeHelpers.GetHashCode(secret), customer) % Limits.KnownCustomers];
        if (Volatile.Read(ref slot) is { } known && ReferenceEquals(known.Secret, secret) && known.Customer == customer) return known.Place;
        var key = CustomerKeys.Of(secret, customer);
        var entry = new Entry(secret, customer, new CustomerPlace(key, StreamNames.Customer(project.Id, key)));
        Volatile.Write(ref slot, entry);
        return entry.Place;
    }

    private sealed record Entry(byte[] Secret, CustomerId Customer, CustomerPlace Place);
}
