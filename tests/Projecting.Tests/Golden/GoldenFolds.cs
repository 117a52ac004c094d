using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.ReadModels;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Golden;

/// <summary>What the shipped projections make of a corpus of events that never changes: a line a projection and definition.</summary>
/// <param name="Projection">Name of the projection.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="Definition">Kind and key of the definition.</param>
/// <param name="Cells">Read-model hash of the definition's cells, whatever its revision.</param>
/// <param name="States">Hash of the stored states of all persons.</param>
internal sealed record GoldenFold(string Projection, int Version, string Definition, string Cells, string States)
{
    /// <summary>The line of the golden file.</summary>
    public override string ToString() => $"{Projection} v{Version} {Definition} cells {Cells} states {States}";

    /// <summary>Reads a line.</summary>
    public static GoldenFold Parse(string line) => line.Split(' ') is [var projection, ['v', .. var version], var definition, "cells", var cells, "states", var states]
        ? new GoldenFold(projection, int.Parse(version, System.Globalization.CultureInfo.InvariantCulture), definition, cells, states)
        : throw new FormatException($"'{line}' is no line of the golden file.");

    /// <summary>The lines of the golden file.</summary>
    public static IReadOnlyList<GoldenFold> Stored() => [.. Lines("hashes.txt").Select(Parse)];

    /// <summary>What the projections make of the corpus now.</summary>
    public static IReadOnlyList<GoldenFold> Now()
    {
        var project = CorpusProject();
        var persons = CorpusPersons(project);
        return
        [
            .. from projection in World.Shipped
               from definition in project.Definitions
               let fold = projection.CreateFold(project, definition)
               where fold is not null
               let line = Of(projection, definition, fold, persons)
               orderby line.Projection, line.Definition
               select line,
        ];
    }

    private static GoldenFold Of(Projection projection, Definition definition, IFold fold, IReadOnlyList<PersonHistory> persons)
    {
        var cells = new CellSet(projection.Tables);
        var states = new List<string>();
        var writer = new StateWriter();
        foreach (var person in persons)
        {
            var state = fold.NewState();
            var events = person.Events.Where(e => fold.Names is null || fold.Names.Contains(e.Event.Name)).ToArray();
            fold.Apply(state, events, cells);
            writer.Clear();
            fold.WriteState(state, writer);
            states.Add($"{person.Id} {Convert.ToHexStringLower(writer.Written)}");
        }
        var hash = new ReadModelHash(projection);
        foreach (var (key, sums) in cells.Rows) hash.Add(key with { Revision = 0 }, sums);
        var ofStates = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join("\n", states.Order(StringComparer.Ordinal))));
        return new GoldenFold(projection.Name, projection.Version, $"{definition.Kind}/{definition.Key}", hash.ToString(), Convert.ToHexStringLower(ofStates)[..32]);
    }

    private static Project CorpusProject()
    {
        var settings = new ProjectSettings { TimeZone = "Europe/Berlin", WeekStart = DayOfWeek.Monday };
        var project = Project.After("p", null, new ProjectCreated("p", settings, new byte[32]), LogPosition.At(1));
        foreach (var line in Lines("definitions.ndjson"))
        {
            using var json = JsonDocument.Parse(line);
            var (kind, key) = (Enum.Parse<DefinitionKind>(json.RootElement.GetProperty("kind").GetString()!), json.RootElement.GetProperty("key").GetString()!);
            project = Project.After("p", project, new DefinitionDefined(kind, key, key, json.RootElement.GetProperty("definition").Clone()), LogPosition.At(2));
        }
        return project;
    }

    private static List<PersonHistory> CorpusPersons(Project project)
    {
        var assembler = new HistoryAssembler(new OrderEvents(project.Settings.Revenue).ClaimOf);
        var position = 0;
        foreach (var line in Lines("corpus.tsv"))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            assembler.Add(StoredEventCodec.Decode(Encoding.UTF8.GetBytes(line[(tab + 1)..]), line[..tab], ++position));
        }
        return [.. assembler.Persons()];
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(typeof(GoldenFold).Assembly.GetManifestResourceStream("golden/" + file)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
