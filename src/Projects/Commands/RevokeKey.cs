using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Takes a key back: it opens nothing from then on. Gives the key's id.</summary>
public sealed record RevokeKey(string ProjectId, string KeyId) : ICommand<string>;

internal sealed class RevokeKeyValidator : AbstractValidator<RevokeKey>
{
    public RevokeKeyValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.KeyId).NotEmpty();
    }
}

internal sealed class RevokeKeyHandler(ProjectService service) : IRequestHandler<RevokeKey, Result<string>>
{
    public Task<Result<string>> Handle(RevokeKey request, CancellationToken cancellationToken) =>
        service.DecideAsync(request.ProjectId, project => ProjectDecisions.Revoke(project, request), cancellationToken);
}
