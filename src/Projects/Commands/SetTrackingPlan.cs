using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Says what the project expects of its events from then on; events in the log stay as they are.</summary>
public sealed record SetTrackingPlan(string ProjectId, TrackingPlan Plan) : ICommand<TrackingPlan>;

internal sealed class SetTrackingPlanValidator : AbstractValidator<SetTrackingPlan>
{
    public SetTrackingPlanValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Plan).NotNull();
    }
}

internal sealed class SetTrackingPlanHandler(ProjectService service) : IRequestHandler<SetTrackingPlan, Result<TrackingPlan>>
{
    public Task<Result<TrackingPlan>> Handle(SetTrackingPlan request, CancellationToken cancellationToken) =>
        service.DecideAsync(request.ProjectId, _ => ProjectDecisions.SetPlan(request), cancellationToken);
}
