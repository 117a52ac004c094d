using System.Globalization;
using System.Text;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Values;

public sealed class PlainLookupTests
{
    private const int PathsOfAnObject = 12;

    [Fact]
    public void A_path_leads_to_what_the_general_reader_finds_there()
    {
        var (found, plain) = (0, 0);
        Properties.ForSeeds(8_000, seed =>
        {
            var random = new Random(seed);
            var objects = new RandomJson(random);
            var json = objects.Object();
            var utf8 = Encoding.UTF8.GetBytes(json);
            for (var i = 0; i < PathsOfAnObject; i++)
            {
                var path = PropertyPath.Parse("properties." + objects.Path());
                var expected = JsonObjectSlice.FindByReader(utf8, path, 0);
                Assert.True(expected == new JsonObjectSlice(utf8).Find(path), $"{path} in {json}");
                if (!PlainLookup.TryFind(utf8, path, 0, out PropertyValue value)) continue;
                Assert.True(expected == value, $"{path} in {json}");
                plain++;
                if (value.Kind != PropertyKind.Missing) found++;
            }
        });
        // The fast way is really gone, and leads somewhere.
        Assert.True(plain > 8_000 * PathsOfAnObject / 4 && found > 8_000, $"{plain} of the lookups were plain, {found} of them found something.");
    }

    [Fact]
    public void Several_keys_lie_where_the_general_reader_finds_them() => Properties.ForSeeds(4_000, seed =>
    {
        var random = new Random(seed);
        var objects = new RandomJson(random);
        var json = objects.Object();
        var utf8 = Encoding.UTF8.GetBytes(json);
        byte[][] keys = [.. Enumerable.Range(0, 3).Select(_ => objects.Key()).Where(key => key.IndexOfAny(['"', '\\']) < 0).Distinct().Select(Encoding.UTF8.GetBytes)];
        var (expected, actual) = (new JsonField[keys.Length], new JsonField[keys.Length]);
        JsonFields.FindByReader(utf8, keys, expected);
        JsonFields.Find(utf8, keys, actual);
        Assert.True(expected.SequenceEqual(actual), json);
    });

    // Every place that a member can have in a block, and every length of what lies before it.
    [Theory]
    [InlineData("""{"before":"{0}","k":1}""")]
    [InlineData("""{"before":"{0}\\","k":1}""")]
    [InlineData("""{"before":"\"{0}","k":1}""")]
    [InlineData("""{"before":{"k":2,"x":"{0}"},"k":1}""")]
    [InlineData("""{"before":["{0}",{"k":2}],"k":1}""")]
    [InlineData("""{"before":"{0}\\\"","k":1,"k":2}""")]
    [InlineData("""{"{1}":"\"k\":2","k":1}""")]
    public void A_member_is_found_wherever_it_lies(string json)
    {
        var path = PropertyPath.Parse("properties.k");
        for (var length = 0; length < 200; length++)
        {
            var utf8 = Encoding.UTF8.GetBytes(json
                .Replace("{0}", Filler(",:{}[]é\\\\", length).TrimEnd('\\'), StringComparison.Ordinal)
                .Replace("{1}", Filler(",:{}[]é", length), StringComparison.Ordinal));
            Assert.True(PlainLookup.TryFind(utf8, path, 0, out PropertyValue value), Encoding.UTF8.GetString(utf8));
            Assert.Equal(PropertyValue.Of(FixedDecimal.FromInt64(1)), value);
        }
    }

    [Theory]
    [InlineData("""{"\u006b":1}""", "k")]
    [InlineData("""{"a":1,"x\"k":2}""", "k")]
    [InlineData("""{"k" :1}""", "k")]
    [InlineData("""{"k":"a\n"}""", "k")]
    [InlineData("""{"v":"a","y":1}""", "a\",\"y")]
    [InlineData("""{"k":[1]}""", "k")]
    [InlineData("""{"a":1""", "k")]
    public void What_is_not_plain_is_left_to_the_general_reader(string json, string path) =>
        Assert.False(PlainLookup.TryFind(Encoding.UTF8.GetBytes(json), PropertyPath.Parse("properties." + path), 0, out PropertyValue _));

    [Fact]
    public void A_text_that_is_no_utf8_fails_as_it_does_with_the_general_reader()
    {
        byte[] utf8 = [.. "{\"k\":\""u8, 0xff, .. "\"}"u8];
        Assert.Throws<InvalidOperationException>(() => new JsonObjectSlice(utf8).Find(PropertyPath.Parse("properties.k")));
    }

    private static string Filler(string part, int length) => string.Concat(Enumerable.Repeat(part, 1 + (length / part.Length)))[..length];

    // Few keys, so that they come twice, lie within each other and are parts of each other.
    private sealed class RandomJson(Random random)
    {
        private const int MaxDepth = 4;
        private const int KeysOfAnObject = 5;

        private static readonly string[] Keys = ["a", "b", "ab", "a.b", "b.a", "a.b.a", "a.", "path", "page", "page.path", "é", "日本", "", "k:1", "{", "a\"b", "\\", "\t"];
        private static readonly string[] Texts = ["", "a", "b\"", "\\", "\\\"", "\"a\":1", "{\"a\":", "}", "],[", "é 日本 😀", "a,b:c", "https://shop.example/a?b=c", "\n", "/"];
        private static readonly string[] Numbers = ["0", "-1", "12.50", "1e3", "-0.5E-2", "1e18", "123456789012345678901234567890", "0.0000000001"];
        private static readonly string[] Blanks = ["", " ", "\n  ", "\t\r\n"];

        private readonly bool hasBlanks = random.Next(4) == 0;
        private readonly bool hasSpaces = random.Next(4) == 0;
        private readonly bool escapesMuch = random.Next(4) == 0;
        private readonly string[] keys = [.. random.GetItems(random.Next(3) == 0 ? Keys : Keys[..^3], KeysOfAnObject)];

        public string Key() => keys[random.Next(keys.Length)];

        public string Path()
        {
            while (true)
            {
                var path = string.Join('.', Enumerable.Range(0, 1 + random.Next(random.Next(1, 4))).Select(_ => Key()));
                if (path.Length > 0) return path;
            }
        }

        public string Object() => Object(0);

        private string Object(int depth)
        {
            var members = Enumerable.Range(0, random.Next(depth == 0 ? 12 : 5)).Select(_ => $"{Text(Key())}{Blank()}:{(hasSpaces ? " " : Blank())}{Value(depth + 1)}");
            return $"{{{Blank()}{string.Join(Blank() + (hasSpaces ? ", " : ",") + Blank(), members)}{Blank()}}}";
        }

        private string Value(int depth) => random.Next(depth < MaxDepth ? 12 : 8) switch
        {
            0 => "null",
            1 => "true",
            2 => "false",
            3 or 4 => Numbers[random.Next(Numbers.Length)],
            5 => Text(new string((char)('a' + random.Next(26)), random.Next(150))),
            6 or 7 => Text(Texts[random.Next(Texts.Length)] + Texts[random.Next(Texts.Length)]),
            8 => $"[{Blank()}{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1)))}{Blank()}]",
            _ => Object(depth + 1),
        };

        private string Blank() => hasBlanks ? Blanks[random.Next(Blanks.Length)] : "";

        private string Text(string text)
        {
            var json = new StringBuilder("\"");
            foreach (var rune in text.EnumerateRunes())
            {
                if (rune.Value is '"' or '\\') json.Append('\\').Append(rune);
                else if (rune.Value < ' ' || (escapesMuch && random.Next(4) == 0)) foreach (var c in rune.ToString()) json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                else if (rune.Value == '/' && random.Next(2) == 0) json.Append("\\/");
                else json.Append(rune);
            }
            return json.Append('"').ToString();
        }
    }
}
