using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>The project of an id, or null if it is unknown.</summary>
internal delegate Project? ProjectLookup(string projectId);

/// <summary>The key of a customer of a project, or null if the project is unknown.</summary>
internal delegate CustomerKey? KeyOf(string projectId, CustomerId customer);
