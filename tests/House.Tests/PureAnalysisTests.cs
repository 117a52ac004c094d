using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.House.Tests;

/// <summary>The domain is pure: the same events give the same numbers, on every machine, at any time.</summary>
public sealed partial class PureAnalysisTests
{
    // Answers divide, and a quotient is floating point; everything that is summed or stored is not.
    private static readonly string[] AnswerFiles =
        ["Report.cs", "ReportBuilder.cs", "Sums.cs", "Rates.cs", "Query.cs", "Correlator.cs", "Histogram.cs", "Durations.cs", "FixedDecimal.cs"];

    private static IEnumerable<(string File, int Number, string Text)> Code(string folder) =>
        from file in Repository.CSharp(folder)
        from line in new SourceText(Repository.Read(file)).Code
        select (file, line.Number, line.Text);

    [Fact]
    public void Analysis_waits_for_nothing_and_reaches_nothing() =>
        Repository.AssertNone(
            from line in Code("src/Analysis")
            where Impure().IsMatch(line.Text)
            select $"{line.File}:{line.Number}: {line.Text.Trim()}",
            "No I/O, no async, no clock, no randomness, no culture in src/Analysis:");

    [Fact]
    public void Projections_have_no_clock_and_no_connection() =>
        Repository.AssertNone(
            from line in Code("projections")
            where Impure().IsMatch(line.Text)
            select $"{line.File}:{line.Number}: {line.Text.Trim()}",
            "A projection is pure:");

    [Fact]
    public void Floating_point_is_for_answers_only() =>
        Repository.AssertNone(
            from line in Code("src/Analysis").Concat(Code("projections"))
            where FloatingPoint().IsMatch(line.Text) && !AnswerFiles.Any(a => line.File.EndsWith(a, StringComparison.Ordinal))
            select $"{line.File}:{line.Number}: {line.Text.Trim()}",
            "States and cells are whole numbers; an answer's file is named after what it answers:");

    [GeneratedRegex(
        @"\b(async|await|Task|ValueTask|Thread|HttpClient|Socket|Stopwatch|TimeProvider|Random|NewGuid|CurrentCulture|CurrentUICulture|Npgsql\w*)\b"
        + @"|\bSystem\.(IO|Net)\b(?!\.Hashing)|\b(File|Directory|Environment|Console)\.|\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\b(double|float|Half|MathF)\b|\bMath\.(Sqrt|Pow|Exp|Log|Sin|Cos)\b")]
    private static partial Regex FloatingPoint();
}
