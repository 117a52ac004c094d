using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Makes a project, with a standard e-commerce funnel and weekly retention. Gives its id.</summary>
/// <param name="ProjectId">Its id, see <see cref="ProjectIds.Rule"/>.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="TimeZone">IANA name; null = UTC.</param>
/// <param name="WeekStart">Sunday or Monday; null = Sunday.</param>
/// <param name="DefaultCurrency">ISO 4217; null = USD.</param>
public sealed record CreateProject(string ProjectId, string Name, string? TimeZone = null, DayOfWeek? WeekStart = null, string? DefaultCurrency = null) : ICommand<string>;

internal sealed class CreateProjectValidator : AbstractValidator<CreateProject>
{
    public CreateProjectValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Name).NotNull().DisplayName();
    }
}

internal sealed class CreateProjectHandler(ProjectService service) : IRequestHandler<CreateProject, Result<string>>
{
    public Task<Result<string>> Handle(CreateProject request, CancellationToken cancellationToken) =>
        service.DecideOnAnyAsync(request.ProjectId, project => ProjectDecisions.Create(project, request), cancellationToken);
}
