using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Examples;

/// <summary>Distinct persons and events by type of device and day.</summary>
public sealed class DevicesProjection : Projection
{
    /// <inheritdoc/>
    public override string Name => "devices";

    /// <inheritdoc/>
    public override int Version => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<CellTable> Tables => DevicesFold.Tables;

    /// <inheritdoc/>
    public override IFold? CreateFold(Project project, Definition definition) =>
        definition.Kind == DefinitionKind.Activity ? new DevicesFold(definition.Revision, project.Settings.Calendar) : null;
}

/// <summary>What must be known of a person to go on: the day of its last event, and the devices it has used on that day.</summary>
public sealed class DevicesState
{
    internal long Day { get; set; } = long.MinValue;

    internal SortedSet<string> Devices { get; } = new(StringComparer.Ordinal);
}

/// <summary>Folds one person's events: a person counts once for each type of device and day, an event always.</summary>
public sealed class DevicesFold(long revision, Calendar calendar) : Fold<DevicesState>
{
    private const int Persons = 0, Events = 1;
    private static readonly BreakdownKey DeviceType = new(new Breakdown { By = ["context.device.type"] });

    /// <summary>The table of the cells: its key columns behind <c>revision</c>, and its measures.</summary>
    public static IReadOnlyList<CellTable> Tables { get; } =
    [
        new("devices", [new("day", CellPart.A, CellColumnType.Instant), new("device", CellPart.Text, CellColumnType.Text)], ["persons", "events"]),
    ];

    /// <inheritdoc/>
    public override long Revision => revision;

    /// <inheritdoc/>
    protected override void Apply(DevicesState state, in PersonEvent e, ICellSink sink)
    {
        var day = calendar.StartOf(Period.Day, e.At);
        if (state.Day != day) state.Devices.Clear();
        state.Day = day;
        var key = new CellKey(0, Revision, day, Text: DeviceType.Of(e));
        sink.Add(key, Events, 1);
        if (state.Devices.Add(key.Text)) sink.Add(key, Persons, 1);
    }

    /// <inheritdoc/>
    protected override void Write(DevicesState state, StateWriter writer)
    {
        writer.Int64(state.Day);
        writer.Int64(state.Devices.Count);
        foreach (var device in state.Devices) writer.Text(device);
    }

    /// <inheritdoc/>
    protected override DevicesState Read(ref StateReader reader)
    {
        var state = new DevicesState { Day = reader.Int64() };
        for (var count = reader.Int64(); count > 0; count--) state.Devices.Add(reader.Text()!);
        return state;
    }
}
