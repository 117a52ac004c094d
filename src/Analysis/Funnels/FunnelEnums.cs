namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>In which order the steps must be done.</summary>
public enum FunnelOrder
{
    /// <summary>One after the other; other events may lie between them.</summary>
    Ordered,

    /// <summary>One directly after the other: any other event of the person in between breaks the chain.</summary>
    Strict,

    /// <summary>In any order, all inside one window.</summary>
    Unordered,
}

/// <summary>Which event of the first step starts the clock.</summary>
public enum FunnelEntry
{
    /// <summary>Every one; the deepest result counts and of equal ones the first.</summary>
    Latest,

    /// <summary>Only the first one in range.</summary>
    First,
}

/// <summary>How events of one person at the same millisecond are ordered.</summary>
public enum FunnelTies
{
    /// <summary>In the order that carries the person furthest.</summary>
    Any,

    /// <summary>None comes before another: they never fill two steps one after the other.</summary>
    Strict,
}

/// <summary>What is counted.</summary>
public enum FunnelCounting
{
    /// <summary>Persons, each once.</summary>
    Customers,

    /// <summary>Sessions, each once.</summary>
    Sessions,

    /// <summary>Attempts: a person can enter again after completing, timing out or being excluded.</summary>
    Totals,
}

/// <summary>Unit of a conversion window.</summary>
public enum WindowUnit
{
    /// <summary>1 s.</summary>
    Second,

    /// <summary>60 s.</summary>
    Minute,

    /// <summary>60 min.</summary>
    Hour,

    /// <summary>24 h, whatever the calendar says.</summary>
    Day,

    /// <summary>168 h.</summary>
    Week,
}

/// <summary>Which value of a breakdown a person belongs to.</summary>
public enum FunnelAttribution
{
    /// <summary>The value on the person's first event in range that matches a step and has one.</summary>
    FirstTouch,

    /// <summary>The value on the person's last event in range that matches a step and has one.</summary>
    LastTouch,

    /// <summary>Every value seen on an event of one step; in that value's funnel the step must carry it.</summary>
    Step,

    /// <summary>Every value is a funnel of its own events.</summary>
    AllEvents,
}

/// <summary>What conversion is correlated with.</summary>
public enum CorrelationOf
{
    /// <summary>Having done an event between entry and completion.</summary>
    Events,

    /// <summary>A property of certain events between entry and completion.</summary>
    EventProperties,

    /// <summary>A property of the customer as of the entry.</summary>
    CustomerProperties,
}
