using EventSourcedAnalytics.Projecting.Committing;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.ReadModels;

public sealed class SqlTextTests
{
    [Fact]
    public void Every_text_comes_back_as_it_was_and_none_holds_what_the_database_refuses()
    {
        var odd = Gen.Elements('\0', '\u0001', '\u0002', 'e', '0', 'h', 'ä').ArrayOf().Select(chars => new string(chars));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(odd.Two().ToArbitrary(), texts =>
        {
            var (left, right) = (SqlText.Encode(texts.Item1), SqlText.Encode(texts.Item2));
            Assert.DoesNotContain('\0', left);
            Assert.Equal(texts.Item1, SqlText.Decode(left));
            Assert.Equal(texts.Item1 == texts.Item2, left == right);
            Assert.Equal(texts.Item1 == texts.Item2, SqlText.EncodeKey(texts.Item1) == SqlText.EncodeKey(texts.Item2));
        }));
    }

    [Fact]
    public void A_long_key_is_short_and_still_its_own() =>
        Assert.Equal(3, new[] { new string('x', 401), new string('x', 402), SqlText.EncodeKey(new string('x', 401)) }.Select(SqlText.EncodeKey)
            .Where(key => key.Length < 500).Distinct().Count());
}
