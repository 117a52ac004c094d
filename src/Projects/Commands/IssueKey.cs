using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Gives out a key.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Kind">What it opens.</param>
/// <param name="Name">What it is for.</param>
/// <param name="CustomerData">True if it may see single customers and their events.</param>
/// <param name="Domain">For a write key: the only host it may be used from; null = any.</param>
public sealed record IssueKey(string ProjectId, KeyKind Kind, string Name, bool CustomerData = false, string? Domain = null) : ICommand<IssuedKey>;

/// <summary>A key that was just given out.</summary>
/// <param name="KeyId">Names it.</param>
/// <param name="Text">The key itself: shown this once and kept nowhere.</param>
/// <param name="Key">What is kept of it.</param>
public sealed record IssuedKey(string KeyId, string Text, ApiKey Key);

internal sealed class IssueKeyValidator : AbstractValidator<IssueKey>
{
    public IssueKeyValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Kind).IsInEnum();
        RuleFor(command => command.Name).NotNull().DisplayName();
        RuleFor(command => command.CustomerData).Equal(false).When(command => command.Kind == KeyKind.Write).WithMessage("A write key can't see customer data; issue a read key.");
        RuleFor(command => command.Domain).Null().When(command => command.Kind != KeyKind.Write).WithMessage("Only a write key can be bound to a domain.");
        RuleFor(command => command.Domain).Must(domain => Uri.CheckHostName(domain) == UriHostNameType.Dns).When(command => command.Domain is not null)
            .WithMessage("A domain is a host name such as shop.example.com.");
    }
}

internal sealed class IssueKeyHandler(ProjectService service) : IRequestHandler<IssueKey, Result<IssuedKey>>
{
    public Task<Result<IssuedKey>> Handle(IssueKey request, CancellationToken cancellationToken) =>
        service.DecideAsync(request.ProjectId, project => ProjectDecisions.Issue(project, request), cancellationToken);
}
