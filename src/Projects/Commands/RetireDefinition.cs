using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Ends a definition: its numbers are no longer kept up to date. Gives its key.</summary>
public sealed record RetireDefinition(string ProjectId, DefinitionKind Kind, string Key) : ICommand<string>;

internal sealed class RetireDefinitionValidator : AbstractValidator<RetireDefinition>
{
    public RetireDefinitionValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Kind).IsInEnum();
        RuleFor(command => command.Key).DefinitionKey();
    }
}

internal sealed class RetireDefinitionHandler(ProjectService service) : IRequestHandler<RetireDefinition, Result<string>>
{
    public Task<Result<string>> Handle(RetireDefinition request, CancellationToken cancellationToken) =>
        service.DecideAsync(request.ProjectId, project => ProjectDecisions.Retire(project, request), cancellationToken);
}
