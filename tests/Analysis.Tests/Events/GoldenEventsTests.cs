using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

/// <summary>
/// What was ever accepted must be read for ever as it is read today. A golden file <c>Golden/TYPE.vN.ndjson</c> holds pairs of lines: the JSON as stored in version N, and
/// the event it is lifted and decoded to. Files of versions that were ever written are never deleted, and their first lines never change.
/// </summary>
public sealed class GoldenEventsTests
{
    private const long Position = 42;
    private const string Folder = "tests/Analysis.Tests/Events/Golden";

    private static readonly GoldenFiles Golden = new(typeof(GoldenEventsTests).Assembly);

    public static TheoryData<string> Files => [.. Golden.Names];

    public static TheoryData<EventType> Types => [.. Enum.GetValues<EventType>()];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_stored_event_is_decoded_as_ever(string file)
    {
        var (type, version) = GoldenFiles.Parse(file);
        var lines = Golden.LinesOf(file);
        Assert.True(lines.Length > 0 && lines.Length % 2 == 0, $"{Folder}/{file} must hold pairs of lines: what is stored, and what it is decoded to.");
        for (var i = 0; i < lines.Length; i += 2)
        {
            Assert.True((int?)JsonNode.Parse(lines[i])!["v"] == version, $"{Folder}/{file}, line {i + 1} is not of version {version}.");
            var decoded = Text(StoredEventCodec.Decode(Encoding.UTF8.GetBytes(lines[i]), type, Position));
            Assert.True(decoded == lines[i + 1], $"""
                A stored '{type}' of version {version} is no longer decoded as it was ({Folder}/{file}, line {i + 1}): numbers of history would change without a word.
                stored  {lines[i]}
                was     {lines[i + 1]}
                is      {decoded}
                Bring the old meaning back, for example by an upcaster; or, if the old one was wrong, replace line {i + 2} by the last of these lines and raise the version of every projection that counts such events.
                """);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_version_of_every_type_has_a_golden_file(EventType type)
    {
        var name = EventTypes.NameOf(type);
        var versions = Golden.VersionsOf(name);
        var first = versions.Count == 0 ? StoredEventCodec.CurrentVersion : versions[0];
        var lifted = Upcasters.All.Where(upcaster => upcaster.Type == type).Select(upcaster => upcaster.FromVersion);
        var missing = Enumerable.Range(first, StoredEventCodec.CurrentVersion - first + 1).Concat(lifted).Distinct().Except(versions).ToList();
        Assert.True(missing.Count == 0, string.Join("\n", missing.Select(version =>
            $"There is no golden file for '{name}' of version {version}: add {Folder}/{name}.v{version}.ndjson with stored events, and below each the event it is decoded to ({{}} at first: the failing test prints it).")));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_stored_form_changes_only_with_its_version(EventType type)
    {
        var name = EventTypes.NameOf(type);
        var compared = 0;
        // What begins otherwise was written by another program.
        foreach (var line in Golden.LinesOf($"{name}.v{StoredEventCodec.CurrentVersion}.ndjson").Where((line, i) => i % 2 == 0 && line.StartsWith("{\"v\":", StringComparison.Ordinal)))
        {
            var written = Encoding.UTF8.GetString(StoredEventCodec.Encode(StoredEventCodec.Decode(Encoding.UTF8.GetBytes(line), name, Position), (string?)JsonNode.Parse(line)!["sentAs"]));
            Assert.True(written == line, $"""
                The stored form of '{name}' changed, but StoredEventCodec.CurrentVersion is still {StoredEventCodec.CurrentVersion}: raise it, and add an upcaster and a golden file of the new version.
                was  {line}
                is   {written}
                """);
            compared++;
        }
        Assert.True(compared > 0);
    }

    // Every member that the event has now, so that one that is added later shows up as soon as an old event has a value for it.
    private static string Text(AnalyticsEvent e)
    {
        var json = new JsonObject();
        foreach (var property in typeof(AnalyticsEvent).GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var text = property.GetValue(e) switch
            {
                null or false => null,
                JsonObjectSlice slice => slice.IsEmpty ? null : Encoding.UTF8.GetString(slice.Utf8.Span),
                CustomerId customer => $"{customer.Kind}:{customer.Id}",
                IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
                var value => value.ToString(),
            };
            if (text is not null) json.Add(property.Name, text);
        }
        return json.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
