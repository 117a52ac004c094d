using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Persons made of lines "customer, name, instant, properties", in log order.</summary>
internal sealed class Histories
{
    private readonly List<AnalyticsEvent> events = [];

    public IReadOnlyList<AnalyticsEvent> Events => events;

    public Histories Add(string customer, string name, string at, object? properties = null) =>
        Add(customer, name, Instant.Parse(at), properties is null ? [] : JsonSerializer.SerializeToNode(properties)!.AsObject());

    public Histories Add(string customer, string name, long at, JsonObject properties)
    {
        var position = events.Count + 1;
        events.Add(new AnalyticsEvent
        {
            Name = name,
            Type = EventType.Track,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = $"m{position}",
            Customer = CustomerId.User(customer),
            Properties = JsonObjectSlice.FromText(properties.ToJsonString()),
            Position = position,
        });
        return this;
    }

    public IReadOnlyList<PersonHistory> Persons(RevenueSettings? settings = null)
    {
        var claims = new OrderClaims(new OrderEvents(settings ?? RevenueSettings.Default), events);
        return [.. events.GroupBy(e => e.Customer.Id).Select(group => PersonHistory.From(group.Key, [.. group], claims.IsRepeated))];
    }
}
