using System.Diagnostics;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Printing;

/// <summary>Progress of long work: a bar that moves in a terminal, a plain line every few seconds elsewhere.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Shows progress while work runs.</summary>
    /// <param name="console">Where.</param>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; tells the part that is done (0 to 1) and how far it is in words.</param>
    public static async Task<T> RunAsync<T>(IAnsiConsole console, string title, Func<Action<double, string>, Task<T>> work)
    {
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive) return await PlainAsync(console, title, work);
        return await console.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                var result = await work((fraction, message) =>
                {
                    task.Value = Math.Min(fraction, 0.999);
                    task.Description = Markup.Escape($"{title}: {message}");
                });
                task.Value = 1;
                return result;
            });
    }

    private static async Task<T> PlainAsync<T>(IAnsiConsole console, string title, Func<Action<double, string>, Task<T>> work)
    {
        console.WriteLine($"{title} ...");
        var clock = Stopwatch.StartNew();
        var next = Pause;
        var result = await work((fraction, message) =>
        {
            if (clock.Elapsed < next) return;
            next = clock.Elapsed + Pause;
            console.WriteLine(FormattableString.Invariant($"  {fraction * 100,3:F0} %  {message}"));
        });
        console.WriteLine(FormattableString.Invariant($"{title}: done in {clock.Elapsed.TotalSeconds:F1} s"));
        return result;
    }
}
