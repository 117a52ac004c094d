using System.Diagnostics;
using System.Globalization;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;

// Appends for ever from several callers, three events an append, and prints each acknowledgement: "stream lastRevision id id id".
// The test that started it kills it; or, told so, it kills itself in the moment of the n-th acknowledgement. Told "full", it goes on
// until the disk takes nothing more, prints what the log says then as "full REASON", and ends.
var log = EmbeddedEventLog.Open(args[0]);
var callers = int.Parse(args[1], CultureInfo.InvariantCulture);
var untilFull = args.Length > 2 && args[2] == "full";
var left = args.Length > 2 && !untilFull ? int.Parse(args[2], CultureInfo.InvariantCulture) : int.MaxValue;
var output = Console.OpenStandardOutput();
var gate = new Lock();

await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
{
    var random = new Random(Environment.ProcessId + caller);
    while (true)
    {
        var appends = Enumerable.Range(0, random.Next(1, 30)).Select(_ => NewAppend(random)).ToArray();
        var results = await log.AppendManyAsync(appends, CancellationToken.None);
        var lines = string.Concat(appends.Zip(results, (append, result) => result is AppendResult.Appended appended
            ? $"{append.Stream} {appended.Revision} {string.Join(' ', append.Events.Select(e => e.EventId))}\n"
            : $"full {((AppendResult.Failed)result).Reason}\n"));
        var isFull = results.Any(result => result is AppendResult.Failed);
        if (isFull && !untilFull) throw new InvalidOperationException(lines);
        lock (gate)
        {
            output.Write(System.Text.Encoding.ASCII.GetBytes(lines));
            if (--left == 0) Process.GetCurrentProcess().Kill();
        }
        if (isFull) return;
    }
})));
await log.DisposeAsync();

static StreamAppend NewAppend(Random random)
{
    var events = Enumerable.Range(0, 3).Select(_ => new EventToAppend(Guid.NewGuid(), "track", new byte[random.Next(10, 800)])).ToArray();
    return new StreamAppend("customer-" + random.Next(200).ToString(CultureInfo.InvariantCulture), ExpectedRevision.Any, events);
}
