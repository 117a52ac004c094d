using EventSourcedAnalytics.Analysis.Events;
using FluentValidation;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>The rules of the envelope: what every message needs, whatever its project expects besides.</summary>
internal sealed class MessageValidator : AbstractValidator<Message>
{
    public MessageValidator()
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(message => message.Type).NotNull()
            .WithErrorCode(ErrorCodes.UnknownType).WithMessage("type must be track, page, screen, identify, group or alias.");
        RuleFor(message => message.Customer).NotNull().When(message => message.Type != EventType.Alias)
            .WithErrorCode(ErrorCodes.CustomerMissing).WithMessage("The message needs userId or anonymousId.").OverridePropertyName("userId");
        RuleFor(message => message.Event).NotEmpty().When(message => message.Type == EventType.Track)
            .WithErrorCode(ErrorCodes.NameMissing).WithMessage("A track message needs event: the name of what happened.");
        RuleFor(message => message.UserId).NotNull().When(message => message.Type == EventType.Alias)
            .WithErrorCode(ErrorCodes.UserIdMissing).WithMessage("An alias needs userId: the id that stays.");
        RuleFor(message => message.PreviousId).NotNull().When(message => message.Type == EventType.Alias)
            .WithErrorCode(ErrorCodes.PreviousIdMissing).WithMessage("An alias needs previousId: the id that is the same person as userId.");
        RuleFor(message => message.GroupId).NotNull().When(message => message.Type == EventType.Group)
            .WithErrorCode(ErrorCodes.GroupIdMissing).WithMessage("A group message needs groupId.");
        Id(message => message.UserId, "userId");
        Id(message => message.AnonymousId, "anonymousId");
        Id(message => message.PreviousId, "previousId");
        Id(message => message.GroupId, "groupId");
        Id(message => message.MessageId, "messageId");
        Id(message => message.SessionId, "sessionId");
        Named(message => message.Event, "event");
        Named(message => message.Name, "name");
        Named(message => message.Category, "category");
    }

    /// <summary>
    /// Whether a message keeps all rules, told without the cost of a full validation: nearly every message does. What it refuses, the rules then explain;
    /// a test holds the two together.
    /// </summary>
    public static bool IsPlainlyValid(Message message) =>
        message is { Type: not null and not EventType.Alias and not EventType.Group }
        && (message.Type != EventType.Track || !string.IsNullOrEmpty(message.Event))
        && (message.UserId ?? message.AnonymousId) is not null
        && Fits(message.UserId) && Fits(message.AnonymousId) && Fits(message.PreviousId) && Fits(message.GroupId) && Fits(message.MessageId) && Fits(message.SessionId)
        && (message.Event?.Length ?? 0) <= Limits.MaxNameLength && (message.Name?.Length ?? 0) <= Limits.MaxNameLength && (message.Category?.Length ?? 0) <= Limits.MaxNameLength;

    private static bool Fits(string? id) => id is null || id.Length <= Limits.MaxIdLength;

    private void Id(System.Linq.Expressions.Expression<Func<Message, string?>> member, string name) => RuleFor(member).MaximumLength(Limits.MaxIdLength)
        .WithErrorCode(ErrorCodes.IdTooLong).WithMessage($"{name} is longer than {Limits.MaxIdLength} characters.").OverridePropertyName(name);

    private void Named(System.Linq.Expressions.Expression<Func<Message, string?>> member, string name) => RuleFor(member).MaximumLength(Limits.MaxNameLength)
        .WithErrorCode(ErrorCodes.NameTooLong).WithMessage($"{name} is longer than {Limits.MaxNameLength} characters.").OverridePropertyName(name);
}
