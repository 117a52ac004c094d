using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace EventSourcedAnalytics.Projects;

/// <summary>How this room comes into a host.</summary>
public static class ProjectsRegistration
{
    /// <summary>Adds the commands, the service and the view of projects. An <c>IEventLog</c> must be registered too.</summary>
    public static IServiceCollection AddProjects(this IServiceCollection services)
    {
        services.AddMediator();
        services.TryAddSingleton<ProjectService>();
        services.TryAddSingleton<ProjectsView>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProjectsFollower>());
        services.AddCommand<CreateProject, string, CreateProjectHandler, CreateProjectValidator>();
        services.AddCommand<ChangeProjectSettings, ProjectSettings, ChangeProjectSettingsHandler, ChangeProjectSettingsValidator>();
        services.AddCommand<IssueKey, IssuedKey, IssueKeyHandler, IssueKeyValidator>();
        services.AddCommand<RevokeKey, string, RevokeKeyHandler, RevokeKeyValidator>();
        services.AddCommand<Define, DefinedDefinition, DefineHandler, DefineValidator>();
        services.AddCommand<RetireDefinition, string, RetireDefinitionHandler, RetireDefinitionValidator>();
        services.AddCommand<SetTrackingPlan, TrackingPlan, SetTrackingPlanHandler, SetTrackingPlanValidator>();
        return services;
    }

    /// <summary>Adds MediatR, once, however often it is asked for.</summary>
    public static IServiceCollection AddMediator(this IServiceCollection services)
    {
        services.TryAddTransient<ServiceFactory>(provider => provider.GetService!);
        services.TryAddTransient<IMediator, Mediator>();
        return services;
    }

    /// <summary>Adds a command with its handler and validator; what the validator refuses never gets to the handler.</summary>
    public static IServiceCollection AddCommand<TCommand, T, THandler, TValidator>(this IServiceCollection services)
        where TCommand : ICommand<T>
        where THandler : class, IRequestHandler<TCommand, Result<T>>
        where TValidator : class, IValidator<TCommand>
    {
        services.TryAddSingleton<IRequestHandler<TCommand, Result<T>>, THandler>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidator<TCommand>, TValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPipelineBehavior<TCommand, Result<T>>, ValidationBehavior<TCommand, T>>());
        return services;
    }
}
