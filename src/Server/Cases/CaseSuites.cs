using EventSourcedAnalytics.Server.Cases.OverGraphQl;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>The suites there are.</summary>
public static class CaseSuites
{
    /// <summary>All of them, with their answers from the folds; a path that needs a running system adds its own.</summary>
    public static IReadOnlyList<ICaseSuite> OverFolds { get; } =
    [
        new FunnelCaseSuite(new FunnelFoldAnswers()),
        new WindowFunnelCaseSuite(new FunnelFoldAnswers()),
        new RetentionCaseSuite(new RetentionFoldAnswers()),
        new LifecycleCaseSuite(new LifecycleFoldAnswers()),
        new StickinessCaseSuite(new StickinessFoldAnswers()),
        new ActiveCaseSuite(new ActiveFoldAnswers()),
        new RevenueCaseSuite(new RevenueFoldAnswers()),
    ];

    /// <summary>All of them, asked of a running system.</summary>
    internal static IReadOnlyList<ICaseSuite> Over(CaseSystem system) =>
    [
        new FunnelCaseSuite(new FunnelGraphQlAnswers(system)),
        new WindowFunnelCaseSuite(new FunnelGraphQlAnswers(system)),
        new RetentionCaseSuite(new RetentionGraphQlAnswers(system)),
        new LifecycleCaseSuite(new LifecycleGraphQlAnswers(system)),
        new StickinessCaseSuite(new StickinessGraphQlAnswers(system)),
        new ActiveCaseSuite(new ActiveGraphQlAnswers(system)),
        new RevenueCaseSuite(new RevenueGraphQlAnswers(system)),
    ];
}
