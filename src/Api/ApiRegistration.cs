using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Activity;
using EventSourcedAnalytics.Api.Cohorts;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Funnels;
using EventSourcedAnalytics.Api.Live;
using EventSourcedAnalytics.Api.Operations;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Revenue;
using EventSourcedAnalytics.Api.Saved;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventSourcedAnalytics.Api;

/// <summary>Registers the analytics schema.</summary>
public static class ApiRegistration
{
    /// <summary>Adds the GraphQL server with all types, and what its resolvers need. The log, the projects, the engine and the <see cref="AdminKey"/> are registered elsewhere.</summary>
    public static IServiceCollection AddAnalyticsApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LogExplorer>();
        services.AddSingleton<Answering>();
        services.AddSingleton<DefinitionHistory>();
        services.AddSingleton<FunnelAnswers>();
        services.AddSingleton<FunnelFurther>();
        services.AddSingleton<LiveAnswers>();
        services.AddSingleton<EventTail>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<RetentionAnswers>();
        services.AddSingleton<ActivityAnswers>();
        services.AddSingleton<RevenueAnswers>();
        services.AddSingleton<Jobs>();
        services.AddSingleton<IDefinitionChecker, FunnelChecker>();
        services.AddSingleton<IDefinitionChecker, RetentionChecker>();
        services.AddSingleton<IDefinitionChecker, SavedQuestionChecker>();
        services.AddGraphQL().AddTypesFrom(typeof(ApiRegistration).Assembly).AddRequestInterceptor<KeyInterceptor>()
            .ModifyOptions(options => options.ExecutionTimeout = TimeSpan.FromMinutes(2));
        return services;
    }
}
