using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Cdnow;

/// <summary>A system that has imported the CDNOW file once, in its own order, with the command; and its hashes from then.</summary>
public sealed class CdnowFixture : IAsyncLifetime
{
    internal AnalyticsSystem System { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string> Hashes { get; private set; } = null!;

    internal CommandResult Import { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!RealData.IsThere) return;
        System = await AnalyticsSystem.StartAsync();
        Import = (await System.RunAsync("import", RealData.PathOf(CdnowNumbers.File), "--project", CdnowNumbers.Project)).MustSucceed();
        Hashes = await System.HashesAsync();
    }

    public async Task DisposeAsync()
    {
        if (System is not null) await System.DisposeAsync();
    }
}

/// <summary>Tests that compare with the plain import, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class CdnowCollection : ICollectionFixture<CdnowFixture>
{
    public const string Name = "cdnow";
}
