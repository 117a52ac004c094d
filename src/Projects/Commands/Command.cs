using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>A wish to change something, sent through MediatR.</summary>
/// <typeparam name="T">What it gives when it is done.</typeparam>
public interface ICommand<T> : IRequest<Result<T>>;

/// <summary>Stands before the handler of a command: what its validator refuses never gets there.</summary>
/// <param name="validators">The validators of the command.</param>
public sealed class ValidationBehavior<TCommand, T>(IEnumerable<IValidator<TCommand>> validators) : IPipelineBehavior<TCommand, Result<T>>
    where TCommand : ICommand<T>
{
    /// <inheritdoc/>
    public async Task<Result<T>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Result<T>> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var errors = new List<CommandError>();
        foreach (var validator in validators)
        {
            var found = await validator.ValidateAsync(request, cancellationToken);
            errors.AddRange(found.Errors.Select(error => new CommandError(ErrorCodes.InvalidInput, error.ErrorMessage, CamelCase(error.PropertyName))));
        }
        return errors.Count > 0 ? new Result<T>.Refused(errors) : await next();
    }

    private static string? CamelCase(string? name) => string.IsNullOrEmpty(name) ? null : char.ToLowerInvariant(name[0]) + name[1..];
}
