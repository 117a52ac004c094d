using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projects;
using FluentValidation;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>An event never happened: from here on it is in no number. Gives what the event was. Voiding it a second time changes nothing.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Customer">The customer as it was sent with the event.</param>
/// <param name="MessageId">The event's message id.</param>
/// <param name="Reason">Why, for whoever reads the log; null = not told.</param>
public sealed record VoidEvent(string ProjectId, CustomerId Customer, string MessageId, string? Reason) : ICommand<AnalyticsEvent>;

/// <summary>An event happened otherwise: from here on it counts as told here. Gives the event as it is now. What is left out stays as it was.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Customer">The customer as it was sent with the event.</param>
/// <param name="MessageId">The event's message id.</param>
/// <param name="Name">Its right name.</param>
/// <param name="OccurredAt">When it really happened.</param>
/// <param name="Properties">Its right properties, whole: a JSON object in UTF-8.</param>
/// <param name="Reason">Why, for whoever reads the log; null = not told.</param>
public sealed record AmendEvent(
    string ProjectId, CustomerId Customer, string MessageId, string? Name, DateTimeOffset? OccurredAt, ReadOnlyMemory<byte>? Properties, string? Reason) : ICommand<AnalyticsEvent>;

internal sealed class VoidEventValidator : AbstractValidator<VoidEvent>
{
    public VoidEventValidator()
    {
        RuleFor(command => command.MessageId).NotEmpty().MaximumLength(Limits.MaxIdLength);
        RuleFor(command => command.Customer.Id).NotEmpty().MaximumLength(Limits.MaxIdLength).OverridePropertyName("customer");
        RuleFor(command => command.Reason).MaximumLength(Limits.MaxReasonLength);
    }
}

internal sealed class AmendEventValidator : AbstractValidator<AmendEvent>
{
    public AmendEventValidator()
    {
        RuleFor(command => command.MessageId).NotEmpty().MaximumLength(Limits.MaxIdLength);
        RuleFor(command => command.Customer.Id).NotEmpty().MaximumLength(Limits.MaxIdLength).OverridePropertyName("customer");
        RuleFor(command => command.Reason).MaximumLength(Limits.MaxReasonLength);
        RuleFor(command => command).Must(command => command.Name is not null || command.OccurredAt is not null || command.Properties is not null)
            .WithMessage("Say what is to be amended: name, occurredAt or properties.").OverridePropertyName("name");
    }
}
