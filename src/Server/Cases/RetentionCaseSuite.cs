using System.Text.Json;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Retention answers from the folds: ad hoc, and the same from stored cells where those can answer.</summary>
public sealed class RetentionFoldAnswers : ICaseAnswers<RetentionReport>
{
    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<RetentionReport> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var retention = CaseData.Read<RetentionQuery>(query);
        if (retention.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        if (retention.Range is not { } range) throw new CaseUnsupportedException("the query has no range");
        var calendar = data.CalendarFor(query);
        var persons = data.Persons();
        var exploration = new RetentionExploration(retention, calendar);
        foreach (var person in persons) exploration.Add(person);
        var report = exploration.Build();

        var definition = new RetentionDefinition(data.Id, data.About, retention with { Range = null });
        if (RetentionFold.CanAnswer(definition, calendar, range, retention.Intervals))
        {
            var fold = new RetentionFold(StoredCells.Revision, definition, calendar);
            var cells = StoredCells.Of(fold, RetentionFold.Tables, persons, RetentionFold.Selections(retention, calendar));
            CaseData.RequireSame(report, RetentionReport.Build(retention, calendar, cells, StoredCells.Revision));
        }
        return Task.FromResult(report);
    }
}

/// <summary>The suite <c>retention</c>.</summary>
public sealed class RetentionCaseSuite(params IReadOnlyList<ICaseAnswers<RetentionReport>> answers) : CaseSuite<RetentionReport>("retention", answers)
{
    private const double MeanTolerance = 1e-6;

    /// <inheritdoc/>
    protected override void Compare(RetentionReport answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        var expect = check.Expect;
        if (expect.TryGetProperty("dates", out var dates)) differences.Texts("dates", dates, answer.Cohorts.Select(Instant.ToText));
        if (expect.TryGetProperty("matrix", out var matrix)) CompareMatrix("matrix", matrix, answer.Totals[0], differences);
        if (expect.TryGetProperty("mean", out var mean)) CompareMean(mean, answer.Totals[0], differences);
        if (!expect.TryGetProperty("breakdowns", out var breakdowns)) return;
        foreach (var wanted in breakdowns.EnumerateArray())
        {
            List<string> value = [.. wanted.GetProperty("value").EnumerateArray().Select(text => text.GetString()!)];
            var place = $"breakdowns[{string.Join(",", value)}].matrix";
            CompareMatrix(place, wanted.GetProperty("matrix"), answer.Breakdowns.FirstOrDefault(row => row.Value.SequenceEqual(value)), differences);
        }
    }

    // A matrix that is absent from the answer holds zeros only.
    private static void CompareMatrix(string place, JsonElement expected, RetentionMatrix? matrix, CaseDifferences differences)
    {
        if (matrix is not null && expected.GetArrayLength() != matrix.Rows.Count) differences.Add($"{place} rows", expected.GetArrayLength(), matrix.Rows.Count);
        var row = -1;
        foreach (var wanted in expected.EnumerateArray())
        {
            row++;
            if (wanted.ValueKind == JsonValueKind.Null) continue;
            var cells = matrix?.Rows.ElementAtOrDefault(row)?.Cells;
            if (cells is not null && wanted.GetArrayLength() != cells.Count) differences.Add($"{place}[{row}] columns", wanted.GetArrayLength(), cells.Count);
            var interval = -1;
            foreach (var value in wanted.EnumerateArray())
            {
                interval++;
                if (value.ValueKind != JsonValueKind.Null) differences.Integer($"{place}[{row}][{interval}]", value, matrix is null ? 0 : cells?.ElementAtOrDefault(interval)?.Amount);
            }
        }
    }

    private static void CompareMean(JsonElement expected, RetentionMatrix matrix, CaseDifferences differences)
    {
        if (expected.GetArrayLength() != matrix.Mean.Count) differences.Add("mean columns", expected.GetArrayLength(), matrix.Mean.Count);
        var interval = -1;
        foreach (var wanted in expected.EnumerateArray())
        {
            interval++;
            differences.Number($"mean[{interval}]", wanted, matrix.Mean.ElementAtOrDefault(interval), MeanTolerance);
        }
    }
}
