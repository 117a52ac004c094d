using EventSourcedAnalytics.Benchmarks.Ingest;
using EventSourcedAnalytics.Benchmarks.Log;

var benchmarks = new Dictionary<string, Func<string[], Task<string>>>(StringComparer.Ordinal)
{
    ["log-append"] = LogAppend.RunAsync,
    ["log-read-all"] = LogReadAll.RunAsync,
    ["log-read-stream"] = LogReadStream.RunAsync,
    ["log-delivery"] = LogDelivery.RunAsync,
    ["decode"] = DecodeBenchmark.RunAsync,
    ["ingest"] = IngestBenchmark.RunAsync,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/Benchmarks -- NAME [arguments]; names: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}
Console.WriteLine(await run(args[1..]));
return 0;
