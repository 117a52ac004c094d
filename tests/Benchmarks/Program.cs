using System.Reflection;

// A benchmark is a class named XBenchmark (or LogX) with `static Task<string> RunAsync(string[] args)`: its name here is the class's, in lower case with dashes.
var benchmarks = Assembly.GetExecutingAssembly().GetTypes()
    .Select(type => (Type: type, Run: type.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static, [typeof(string[])])))
    .Where(found => found.Run?.ReturnType == typeof(Task<string>))
    .ToDictionary(found => NameOf(found.Type), found => found.Run!.CreateDelegate<Func<string[], Task<string>>>(), StringComparer.Ordinal);

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine("Usage: ./analytics benchmark NAME [arguments]; names:");
    foreach (var name in benchmarks.Keys.Order(StringComparer.Ordinal)) Console.Error.WriteLine("  " + name);
    return 2;
}
try
{
    if (await run(args[1..]) is { Length: > 0 } line) Console.WriteLine(line);
    return 0;
}
catch (ArgumentException error) when (error.ParamName == nameof(args))
{
    Console.Error.WriteLine($"{args[0]}: {error.Message}");
    return 2;
}

static string NameOf(Type type)
{
    var name = type.Name.EndsWith("Benchmark", StringComparison.Ordinal) ? type.Name[..^"Benchmark".Length] : type.Name;
    return string.Concat(name.Select((c, i) => (i > 0 && char.IsUpper(c) ? "-" : "") + char.ToLowerInvariant(c)));
}
