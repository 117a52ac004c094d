using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>What to verify.</summary>
/// <param name="Projection">Its name, for example funnels.</param>
/// <param name="Sample">Persons picked at random whose stored states are compared with their events; null = every person and every number, from the whole log.</param>
/// <param name="Seed">Picks the sample; the same one picks the same persons as long as no others come. Null = another one each time.</param>
public sealed record StartVerificationInput(string Projection, int? Sample = null, int? Seed = null);

/// <summary>Proving what is stored against the log.</summary>
[MutationType]
public static class VerificationMutations
{
    /// <summary>Folds every person of the log anew and compares with the live read model; or some persons only.</summary>
    public static Job StartVerification(StartVerificationInput input, IResolverContext context, [Service] ProjectionEngine engine, [Service] Jobs jobs)
    {
        Guard.Operate(context.User);
        if (input.Sample is not { } persons)
            return jobs.Start($"verify {input.Projection}", async progress => RebuildMutations.ToJson(await engine.VerifyAsync(input.Projection, new Count(progress), CancellationToken.None)));
        if (persons < 1 || persons > Projecting.Limits.MaxSampledPersons)
            throw ApiError.Invalid(string.Create(CultureInfo.InvariantCulture, $"A sample has 1 to {Projecting.Limits.MaxSampledPersons:N0} persons; leave it out to verify everybody."));
        var seed = input.Seed ?? Random.Shared.Next();
        return jobs.Start($"verify {input.Projection}", async _ => ToJson(await engine.VerifySampleAsync(input.Projection, persons, seed, CancellationToken.None)));
    }

    private static string ToJson(SampleComparison comparison) => JsonSerializer.Serialize(new
    {
        position = comparison.Position?.ToString(),
        equal = comparison.IsEqual,
        seed = comparison.Seed,
        persons = comparison.Persons,
        skipped = comparison.Skipped,
        differences = comparison.DifferenceCount,
        first = comparison.Differences.Select(difference => difference.ToText()),
    });

    private sealed class Count(IProgress<(double, string)> progress) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => progress.Report((value.Fraction, TextOf(value)));

        private static string TextOf(VerificationProgress value)
        {
            var read = string.Create(CultureInfo.InvariantCulture, $"{value.Events:N0} of {value.Total:N0} events read");
            return value.Passes == 1 ? read : $"pass {value.Pass} of {value.Passes}, {read}";
        }
    }
}
