using System.Text;
using System.Text.Json;
using FluentValidation;
using MediatR;

namespace EventSourcedAnalytics.Projects;

/// <summary>Makes a definition, or changes it: a definition covers all events, whatever its own position. The same again changes nothing.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Key">Names it inside its kind.</param>
/// <param name="Name">For people.</param>
/// <param name="Definition">The definition itself, a JSON object.</param>
public sealed record Define(string ProjectId, DefinitionKind Kind, string Key, string Name, JsonElement Definition) : ICommand<DefinedDefinition>
{
    /// <summary>Defines a funnel.</summary>
    public static Define Funnel(string projectId, string key, string name, JsonElement definition) => new(projectId, DefinitionKind.Funnel, key, name, definition);

    /// <summary>Defines retention.</summary>
    public static Define Retention(string projectId, string key, string name, JsonElement definition) => new(projectId, DefinitionKind.Retention, key, name, definition);
}

/// <summary>A definition that was just made.</summary>
/// <param name="Kind">What it is of.</param>
/// <param name="Key">Names it inside its kind.</param>
/// <param name="Revision">The number its cells are kept under.</param>
public sealed record DefinedDefinition(DefinitionKind Kind, string Key, long Revision);

internal sealed class DefineValidator : AbstractValidator<Define>
{
    public DefineValidator()
    {
        RuleFor(command => command.ProjectId).ProjectId();
        RuleFor(command => command.Kind).IsInEnum();
        RuleFor(command => command.Key).DefinitionKey();
        RuleFor(command => command.Name).NotNull().DisplayName();
        RuleFor(command => command.Definition).Must(json => json.ValueKind == JsonValueKind.Object).WithMessage("A definition is a JSON object.");
        RuleFor(command => command.Definition)
            .Must(json => json.ValueKind == JsonValueKind.Undefined || Encoding.UTF8.GetByteCount(json.GetRawText()) <= Limits.MaxDefinitionBytes)
            .WithMessage($"A definition has at most {Limits.MaxDefinitionBytes} bytes.");
    }
}

internal sealed class DefineHandler(ProjectService service, IEnumerable<IDefinitionChecker> checkers) : IRequestHandler<Define, Result<DefinedDefinition>>
{
    public Task<Result<DefinedDefinition>> Handle(Define request, CancellationToken cancellationToken)
    {
        var checker = checkers.FirstOrDefault(known => known.Kind == request.Kind);
        return service.DecideAsync(request.ProjectId, project => ProjectDecisions.Define(project, request, checker), cancellationToken);
    }
}
