using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>Checks something for many random seeds; a failure names the seed that repeats it.</summary>
internal static class Properties
{
    public static void ForSeeds(int count, Action<int> check) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            try { check(seed); }
            catch (Exception error) when (error is not OutOfMemoryException) { throw new InvalidOperationException($"Seed {seed}: {error.Message}", error); }
        }));
}
