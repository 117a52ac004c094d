using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>A project of a world: takes events the way the front door writes them, and can work its numbers out from the log alone.</summary>
internal sealed class Shop(World world, Project project)
{
    public const long Noon = 1_704_110_400_000; // 2024-01-01T12:00:00Z

    public string Id => project.Id;

    public Project Project => world.View.Projects[project.Id];

    public async Task<long> DefineAsync(DefinitionKind kind, string key, object definition)
    {
        var json = definition as JsonElement? ?? JsonSerializer.SerializeToElement(definition, AnalysisJson.Options);
        var defined = await world.DoAsync(new Define(Id, kind, key, key, json));
        await world.View.CatchUpAsync(CancellationToken.None);
        return defined.Revision;
    }

    /// <summary>Appends events, each to its customer's stream, in this order.</summary>
    public async Task AppendAsync(params IEnumerable<AnalyticsEvent> events)
    {
        foreach (var e in events) await AppendRawAsync(e.Customer, EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e));
    }

    public async Task AppendRawAsync(CustomerId customer, string type, byte[] data)
    {
        var stream = StreamNames.Customer(Id, CustomerKeys.Of(project.CustomerSecret, customer));
        var result = await world.Memory.AppendAsync(stream, ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), type, data)], CancellationToken.None);
        Assert.IsType<AppendResult.Appended>(result);
    }

    /// <summary>An event as it is appended together with others.</summary>
    public StreamAppend StreamOf(AnalyticsEvent e) => new(
        StreamNames.Customer(Id, CustomerKeys.Of(project.CustomerSecret, e.Customer)), ExpectedRevision.Any,
        [new EventToAppend(Guid.NewGuid(), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e))]);

    /// <summary>A track event; times count from <see cref="Noon"/>.</summary>
    public static AnalyticsEvent Track(CustomerId customer, string name, long at, string properties = "{}", string? message = null) => new()
    {
        Customer = customer, Name = name, Type = EventType.Track, OccurredAt = Noon + at, ReceivedAt = Noon + at, MessageId = message ?? Guid.NewGuid().ToString("N"),
        Properties = JsonObjectSlice.FromText(properties),
    };

    /// <summary>An order of 5 dollars at noon.</summary>
    public static AnalyticsEvent Order(string user, string name, string id) =>
        Track(CustomerId.User(user), name, 0, $$"""{ "order_id": "{{id}}", "total": 5, "currency": "USD" }""");

    public static AnalyticsEvent Identify(string user, string? anonymous, long at, string traits = "{}", string? message = null) => new()
    {
        Customer = CustomerId.User(user), AnonymousId = anonymous, Name = "identify", Type = EventType.Identify, OccurredAt = Noon + at, ReceivedAt = Noon + at,
        MessageId = message ?? Guid.NewGuid().ToString("N"), Traits = JsonObjectSlice.FromText(traits),
    };

    public static AnalyticsEvent Alias(string user, string previous, long at, string? message = null) => new()
    {
        Customer = CustomerId.User(user), PreviousId = previous, Name = "alias", Type = EventType.Alias, OccurredAt = Noon + at, ReceivedAt = Noon + at,
        MessageId = message ?? Guid.NewGuid().ToString("N"),
    };

    /// <summary>A correction: the event never happened.</summary>
    public static AnalyticsEvent Void(AnalyticsEvent e, string? message = null) => new()
    {
        Customer = e.Customer, Corrects = e.MessageId, Name = "event_voided", Type = EventType.Voided, OccurredAt = e.OccurredAt, ReceivedAt = e.ReceivedAt,
        MessageId = message ?? Guid.NewGuid().ToString("N"),
    };

    /// <summary>A correction: the event has the name, time and properties of another.</summary>
    public static AnalyticsEvent Amend(AnalyticsEvent e, AnalyticsEvent told) => new()
    {
        Customer = e.Customer, Corrects = e.MessageId, Name = told.Name, Type = EventType.Amended, OccurredAt = told.OccurredAt, ReceivedAt = e.ReceivedAt,
        MessageId = told.MessageId, Properties = told.Properties,
    };

    /// <summary>The folds of a projection over this project as it is now, by definition.</summary>
    public IReadOnlyList<(Definition Definition, IFold Fold)> FoldsOf(Projection projection) =>
        [.. Project.Definitions.Where(definition => !definition.IsRetired)
            .Select(definition => (definition, projection.CreateFold(Project, definition)!)).Where(item => item.Item2 is not null)];

    /// <summary>What the log holds, folded without engine, facts, states or database.</summary>
    public CellSet Naive(Projection projection)
    {
        var cells = new CellSet(projection.Tables);
        foreach (var person in Persons())
            foreach (var (_, fold) in FoldsOf(projection)) fold.Apply(fold.NewState(), person.Events, cells);
        return cells;
    }

    public IEnumerable<PersonHistory> Persons()
    {
        var assembler = new HistoryAssembler(new OrderEvents(Project.Settings.Revenue).ClaimOf);
        foreach (var recorded in world.Memory.Events)
            if (EventDecoder.TryDecode(recorded) is { Event: { } e } decoded && decoded.ProjectId == Id) assembler.Add(e);
        return assembler.Persons();
    }

    /// <summary>The cells of this project, one line each with the definition's key in place of the revision, so that two projects can be compared.</summary>
    public SortedSet<string> Lines(Projection projection, CellSet cells)
    {
        var keys = FoldsOf(projection).ToDictionary(item => item.Fold.Revision, item => item.Definition.Key);
        return [.. cells.Rows.Where(row => keys.ContainsKey(row.Key.Revision) && row.Value.Any(sum => sum != 0)).Select(row =>
            $"{keys[row.Key.Revision]}/{projection.Tables[row.Key.Table].Name} {row.Key.A} {row.Key.B} {row.Key.C} '{row.Key.Text}' = {string.Join(" ", row.Value)}")];
    }
}
