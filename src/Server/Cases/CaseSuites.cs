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
}
