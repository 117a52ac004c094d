using EventSourcedAnalytics.Analysis.Revenue;
using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Changes settings; what is null stays. Gives the settings as they are then. A change that changes numbers makes new revisions of the definitions.</summary>
public sealed record ChangeProjectSettings(
    string ProjectId, string? Name = null, string? TimeZone = null, DayOfWeek? WeekStart = null, string? DefaultCurrency = null,
    RevenueSettings? Revenue = null, PrivacySettings? Privacy = null) : ICommand<ProjectSettings>;

internal sealed class ChangeProjectSettingsValidator : AbstractValidator<ChangeProjectSettings>
{
    public ChangeProjectSettingsValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Name).DisplayName();
    }
}

internal sealed class ChangeProjectSettingsHandler(ProjectService service) : IRequestHandler<ChangeProjectSettings, Result<ProjectSettings>>
{
    public Task<Result<ProjectSettings>> Handle(ChangeProjectSettings request, CancellationToken cancellationToken) =>
        service.DecideAsync(request.ProjectId, project => ProjectDecisions.Change(project, request), cancellationToken);
}
