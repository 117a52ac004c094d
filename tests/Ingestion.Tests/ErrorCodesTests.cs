using System.Runtime.CompilerServices;
using System.Text;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class ErrorCodesTests
{
    [Fact]
    public void The_documentation_lists_exactly_the_codes_there_are()
    {
        var path = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "docs", "error-codes.md");

        var documented = File.ReadAllText(path).ReplaceLineEndings("\n");

        Assert.True(documented.Contains(Table("Requests", withStatus: true), StringComparison.Ordinal), $"docs/error-codes.md must hold this table:\n{Table("Requests", withStatus: true)}");
        Assert.True(documented.Contains(Table("Events", withStatus: false), StringComparison.Ordinal), $"docs/error-codes.md must hold this table:\n{Table("Events", withStatus: false)}");
    }

    [Fact]
    public void Codes_are_unique() => Assert.Distinct(ErrorCodes.All.Select(code => code.Code));

    private static string Table(string title, bool withStatus)
    {
        var table = new StringBuilder($"## {title}\n\n").Append(withStatus ? "| code | status | meaning |\n|---|---|---|\n" : "| code | meaning |\n|---|---|\n");
        foreach (var code in ErrorCodes.All.Where(code => code.Status is not null == withStatus))
            table.Append(withStatus ? $"| `{code.Code}` | {code.Status} | {code.Meaning} |\n" : $"| `{code.Code}` | {code.Meaning} |\n");
        return table.ToString();
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
