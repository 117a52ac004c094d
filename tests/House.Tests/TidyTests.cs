using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>What the style asks and a machine can see in C# files.</summary>
public sealed partial class TidyTests
{
    private const int MaxLines = 400;

    // A kernel may be one big file if it is one idea; here it says which idea.
    private static readonly Dictionary<string, string> BigFiles = [];

    // A test waits for a position, never for a time. These let time pass for another reason.
    private static readonly Dictionary<string, string> LetTimePass = new()
    {
        ["tests/Testing/Eventually.cs"] = "the one place that polls a condition",
        ["tests/Conformance/ZooSchema.cs"] = "a resolver that answers later; clients wait for its answer",
        ["tests/EventLog.Tests/Contract/Subscriptions.cs"] = "slows a subscriber down; no outcome depends on it",
    };

    private static IEnumerable<(string File, SourceText Source)> Sources(params string[] folders) =>
        from folder in folders
        from file in Repository.CSharp(folder)
        select (file, new SourceText(Repository.Read(file)));

    private static IEnumerable<(string File, SourceText Source)> All => Sources("src", "projections", "tests");

    private static IEnumerable<string> CommentsThat(Func<string, bool> offend) =>
        from source in All
        from comment in source.Source.Comments
        where offend(comment.Text)
        select $"{source.File}:{comment.Number}: {comment.Text.Trim()}";

    private static IEnumerable<string> CodeThat(Regex offends, IEnumerable<(string File, SourceText Source)> sources) =>
        from source in sources
        from line in source.Source.Code
        where offends.IsMatch(line.Text)
        select $"{source.File}:{line.Number}: {line.Text.Trim()}";

    [Fact]
    public void No_comment_puts_work_off() =>
        Repository.AssertNone(CommentsThat(Postponed().IsMatch), "Do it or leave it; a comment says why something is so:");

    [Fact]
    public void No_code_is_commented_out() =>
        Repository.AssertNone(CommentsThat(c => !c.TrimStart().StartsWith("///", StringComparison.Ordinal) && DeadCode().IsMatch(c)), "Git keeps old code:");

    [Theory]
    [InlineData("// var x = 1;", true)]
    [InlineData("// total += price;", true)]
    [InlineData("// Write(x);", true)]
    [InlineData("// if (x > 1) {", true)]
    [InlineData("// return null;", true)]
    [InlineData("// }", true)]
    [InlineData("// A retry may be cut into other batches; the whole is refused;", false)]
    [InlineData("// for a reader (see below)", false)]
    public void Dead_code_is_told_from_prose(string comment, bool isCode) => Assert.Equal(isCode, DeadCode().IsMatch(comment));

    [Fact]
    public void No_comment_names_an_issue() =>
        Repository.AssertNone(CommentsThat(IssueNumber().IsMatch), "How code came about is git's business:");

    [Fact]
    public void Nothing_reads_the_local_clock() =>
        Repository.AssertNone(CodeThat(LocalClock(), All), "Times are UTC:");

    [Fact]
    public void Nothing_in_the_product_grows_without_bound() =>
        Repository.AssertNone(CodeThat(Unbounded(), Sources("src", "projections")), "Channels have a limit:");

    [Fact]
    public void No_test_waits_for_a_time()
    {
        var waits = CodeThat(Wait(), Sources("tests").Where(s => !s.File.StartsWith("tests/Benchmarks/", StringComparison.Ordinal))).ToList();
        Repository.AssertNone(waits.Where(w => !LetTimePass.ContainsKey(w.Split(':')[0])), "A test waits for a position or a condition (Eventually):");
        Repository.AssertNone(LetTimePass.Keys.Where(f => !waits.Any(w => w.StartsWith(f, StringComparison.Ordinal))), "These needn't be excepted any more:");
    }

    [Fact]
    public void Files_are_short()
    {
        var big = Repository.Files
            .Where(f => Path.GetExtension(f) is ".cs" or ".sql" or ".ts" or ".tsx" or ".mjs" or ".sh" && Repository.Lines(f).Count() > MaxLines).ToList();
        Repository.AssertNone(big.Where(f => !BigFiles.ContainsKey(f)), $"Over {MaxLines} lines and not listed with a reason:");
        Repository.AssertNone(BigFiles.Keys.Except(big), "Listed as big, but short:");
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|WIP)\b")]
    private static partial Regex Postponed();

    [GeneratedRegex(
        @"^\s*//\s*([{}]|([\w.<>\[\]?]+\s+)?[\w.\[\]]+\s*([-+?]{0,2}=)\s*\S.*;|[\w.]+\(.*\);|[\w.]+(\+\+|--);"
        + @"|(if|for|foreach|while|switch|using|lock)\s*\(.*[;{)]|(return|var|public|private|internal|await|throw)\b.*;)\s*$")]
    private static partial Regex DeadCode();

    [GeneratedRegex(@"(^|[\s(])#\d+\b")]
    private static partial Regex IssueNumber();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|Today)\b")]
    private static partial Regex LocalClock();

    [GeneratedRegex(@"\bCreateUnbounded\b")]
    private static partial Regex Unbounded();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Wait();
}
