using Spectre.Console;

namespace EventSourcedAnalytics.Server.Printing;

/// <summary>The console: colours and moving bars in a terminal, plain text of a fixed width in a file or pipe.</summary>
internal static class Terminal
{
    private const int PlainWidth = 140;

    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null) return AnsiConsole.Create(new AnsiConsoleSettings());
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        console.Profile.Width = PlainWidth;
        return console;
    }
}
