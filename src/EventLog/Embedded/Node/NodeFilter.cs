using System.Text.RegularExpressions;
using EventSourcedAnalytics.EventLog.Grpc;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>A reader's filter: on the stream's name or the event's type, by prefixes or by a regular expression.</summary>
internal sealed class NodeFilter
{
    private static readonly TimeSpan RegexTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>The expressions by which clients leave system streams and system events out.</summary>
    private static readonly string[] ExcludeSystem = [@"^[^\$].*", @"^[^\$]", @"^[^$].*", @"^[^$]"];

    private readonly Regex? regex;
    private readonly bool onType;
    private readonly IReadOnlyList<string> typePrefixes = [];

    private NodeFilter(Options.Types.FilterOptions? filter)
    {
        Streams = StreamFilter.ByPrefix("");
        if (filter is null) return;
        onType = filter.FilterCase == Options.Types.FilterOptions.FilterOneofCase.EventType;
        var expression = onType ? filter.EventType : filter.StreamIdentifier;
        if (expression is null) throw new RpcException(StatusCode.InvalidArgument, "The filter holds no expression.");
        if (expression.Regex.Length == 0 && onType) typePrefixes = expression.Prefix;
        else if (expression.Regex.Length == 0) Streams = StreamFilter.ByPrefix([.. expression.Prefix]);
        else if (!onType && ExcludeSystem.Contains(expression.Regex)) Streams = StreamFilter.ExcludeSystem;
        else regex = Compile(expression.Regex);
        var window = filter.WindowCase == Options.Types.FilterOptions.WindowOneofCase.Max ? filter.Max : NodeLimits.SearchWindow;
        if (filter.CheckpointIntervalMultiplier == 0) throw new ArgumentException("The checkpoint interval must not be 0.");
        CheckpointInterval = (long)window * filter.CheckpointIntervalMultiplier;
    }

    /// <summary>What the log itself can filter by; the rest is up to <see cref="Matches"/>.</summary>
    public StreamFilter Streams { get; }

    /// <summary>Events considered between two checkpoints; 0 = no filter, no checkpoints.</summary>
    public long CheckpointInterval { get; }

    public static NodeFilter From(Options options) => new(options.FilterOptionCase == Options.FilterOptionOneofCase.Filter ? options.Filter : null);

    public bool Matches(RecordedEvent e)
    {
        if (regex is not null) return regex.IsMatch(onType ? e.Type : e.Stream);
        if (typePrefixes.Count == 0) return true;
        foreach (var prefix in typePrefixes) if (e.Type.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, RegexTimeout);
        }
        catch (ArgumentException e)
        {
            throw new RpcException(StatusCode.InvalidArgument, $"The filter's regular expression is invalid: {e.Message}");
        }
    }
}
