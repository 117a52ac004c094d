namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>The kinds of event in a customer's stream: the messages of the Segment tracking specification, and corrections of them.</summary>
public enum EventType
{
    /// <summary>Something a customer did, by name.</summary>
    Track,

    /// <summary>A page was viewed.</summary>
    Page,

    /// <summary>A screen of an app was viewed.</summary>
    Screen,

    /// <summary>Who a customer is, and traits. No activity.</summary>
    Identify,

    /// <summary>Which group a customer belongs to. No activity.</summary>
    Group,

    /// <summary>Two user ids are one person. No activity.</summary>
    Alias,

    /// <summary>An earlier event of the customer never happened. Written by an administrator, not by senders.</summary>
    Voided,

    /// <summary>An earlier event of the customer happened otherwise. Written by an administrator, not by senders.</summary>
    Amended,
}
